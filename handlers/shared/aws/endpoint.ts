/** The domains of AWS's partitions other than `amazonaws.com`, by the beginning of a Region's name. Source: botocore, `partitions.json`. */
const partitionDomains: readonly (readonly [region: string, domain: string])[] = [
  ["cn-", "amazonaws.com.cn"],
  ["us-iso-", "c2s.ic.gov"],
  ["us-isob-", "sc2s.sgov.gov"],
  ["us-isof-", "csp.hci.ic.gov"],
  ["eu-isoe-", "cloud.adc-e.uk"],
  ["eusc-", "amazonaws.eu"],
];

/**
 * @param prefix the first part of the service's host, such as `states`.
 * @returns the URL of a service in a Region; of `AWS_ENDPOINT_URL`, where that is set.
 */
export function endpointOf(prefix: string, region: string): string {
  const { AWS_ENDPOINT_URL } = process.env;
  if (AWS_ENDPOINT_URL) return AWS_ENDPOINT_URL;
  const [, domain = "amazonaws.com"] = partitionDomains.find(([start]) => region.startsWith(start)) ?? [];
  return `https://${prefix}.${region}.${domain}`;
}
