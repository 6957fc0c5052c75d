/** What Pulumi appends to a resource's name. */
const suffix = /-[0-9a-f]{7}$/;

/** @returns the name that a program gives a resource, from the one that Pulumi makes of it. */
export function givenName(physicalName: string): string {
  return physicalName.replace(suffix, "");
}

/** @returns whether a resource is meant by a name: its own, or the one that the program gives it. */
export function isNamed(physicalName: string, name: string): boolean {
  return physicalName === name || givenName(physicalName) === name;
}

/** @returns the name at the end of an ARN. */
export function nameOfArn(arn: string): string {
  return arn.split(":").slice(5).at(-1)?.split("/").at(-1) ?? arn;
}
