/** The domains of the endpoints of every AWS partition. Source: the endpoint rules that the AWS SDKs ship. */
const domains = [
  ...["amazonaws.com", "api.aws", "on.aws"],
  ...["amazonaws.com.cn", "api.amazonwebservices.com.cn", "on.amazonwebservices.com.cn"],
  ...["amazonaws.eu", "api.amazonwebservices.eu", "on.amazonwebservices.eu"],
  ...["c2s.ic.gov", "api.aws.ic.gov", "sc2s.sgov.gov", "api.aws.scloud"],
  ...["cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "csp.hci.ic.gov", "api.aws.hci.ic.gov"],
];

/** Where instances and containers get credentials: EC2, ECS and EKS. */
const metadataAddresses = [
  ...["169.254.169.254", "169.254.170.2", "169.254.170.23"],
  ...["fd00:ec2::254", "fd00:ec2::23"],
];

/** What {@link isAwsHost} knows, for a process that cannot load this module. */
export const awsHosts = { domains, metadataAddresses };

/**
 * Whether calls to a host are calls to AWS: an endpoint of its APIs, the metadata service, or an endpoint that this process's own
 * `AWS_ENDPOINT_URL…` variables name.
 *
 * @param host name or address, with or without a port.
 */
export function isAwsHost(host: string): boolean {
  const name = hostnameOf(host);
  if (metadataAddresses.includes(name)) return true;
  if (domains.some((domain) => name === domain || name.endsWith(`.${domain}`))) return true;
  return Object.entries(process.env).some(
    ([variable, value]) => variable.startsWith("AWS_ENDPOINT_URL") && hostOfUrl(value) === host.toLowerCase(),
  );
}

/** `[fd00:ec2::254]:80` → `fd00:ec2::254`; a DNS name may end in a dot. */
function hostnameOf(host: string): string {
  const [, bracketed] = /^\[(.+)\](?::\d+)?$/.exec(host) ?? [];
  const name = bracketed ?? (host.split(":").length === 2 ? host.replace(/:\d+$/, "") : host);
  return name.toLowerCase().replace(/\.$/, "");
}

function hostOfUrl(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : undefined;
}
