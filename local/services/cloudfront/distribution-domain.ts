/** @returns the domain of a simulated distribution. */
export function distributionDomain(id: string): string {
  return `${id.toLowerCase()}.cloudfront.net`;
}
