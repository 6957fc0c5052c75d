import { BlockList, isIP, isIPv6 } from "node:net";
import { runOutside } from "./invocations";

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

/** The addresses above, also as IPv6 writes an IPv4 address. */
const metadata = new BlockList();
for (const address of metadataAddresses) metadata.addAddress(address, isIPv6(address) ? "ipv6" : "ipv4");

/** The names of this machine, by which an emulator's endpoint is reached as well as by its own. */
const loopback = ["localhost", "127.0.0.1", "0.0.0.0", "[::1]", "::1"];

/** What a child process of a function is told. */
export const refusals = {
  aws: "The local runtime lets no call of a function out to AWS.",
  stopped:
    "The local runtime cannot answer while a function waits for a process: start it with spawn, exec or execFile.",
};

/**
 * What {@link isAwsHost} knows, for a process that cannot load this module.
 *
 * @param runtimeUrl the AWS endpoint of this process, which its own variables may name too.
 */
export function awsHosts(runtimeUrl: string | undefined) {
  const served = runtimeUrl === undefined ? [] : hostsOfUrl(runtimeUrl);
  return { domains, metadataAddresses, endpoints: ownEndpoints().filter((host) => !served.includes(host)) };
}

/**
 * Whether calls to a host are calls to AWS: an endpoint of its APIs, the metadata service, or an endpoint that this process's own
 * `AWS_ENDPOINT_URL…` variables name.
 *
 * @param host name or address, with or without a port.
 */
export function isAwsHost(host: string): boolean {
  const name = hostnameOf(host);
  const version = isIP(name);
  if (version !== 0 && metadata.check(name, version === 6 ? "ipv6" : "ipv4")) return true;
  if (domains.some((domain) => name === domain || name.endsWith(`.${domain}`))) return true;
  return ownEndpoints().includes(host.toLowerCase());
}

function ownEndpoints(): string[] {
  return Object.entries(runOutside(() => process.env)).flatMap(([variable, value]) =>
    variable.startsWith("AWS_ENDPOINT_URL") ? hostsOfUrl(value ?? "") : [],
  );
}

/** @returns the names of a URL's host, with the port, unless that is the protocol's default; none for what is no URL. */
export function hostsOfUrl(url: string): string[] {
  if (!URL.canParse(url)) return [];
  const { host, hostname, port } = new URL(url);
  if (!loopback.includes(hostname)) return [host];
  return loopback.map((name) => (port === "" ? name : `${name}:${port}`));
}

/** `[fd00:ec2::254]:80` → `fd00:ec2::254`; a DNS name may end in a dot. */
function hostnameOf(host: string): string {
  const [, bracketed] = /^\[(.+)\](?::\d+)?$/.exec(host) ?? [];
  const name = bracketed ?? (host.split(":").length === 2 ? host.replace(/:\d+$/, "") : host);
  return name.toLowerCase().replace(/\.$/, "");
}
