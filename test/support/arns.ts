import { place } from "./record";

/** The ARN of a resource where the recorded ones pretend to be. */
export function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${place.region}:${place.accountId}:${resource}`;
}

/** IAM is global: its ARNs have no Region. */
export function roleArn(name: string): string {
  return `arn:aws:iam::${place.accountId}:role/${name}`;
}
