import { isJsonObject, type Json, type JsonObject } from "../json";
import { type AwsPlace, digest, localArn } from "./outputs";

/** A registered resource of a type that the runtime does not serve. */
export interface InertResource {
  readonly type: string;
  readonly physicalName: string;
  /** The id by which the program reads an existing resource. @default - a made-up one */
  readonly givenId?: string | undefined;
  readonly inputs: JsonObject;
  /** The members of its class that the provider fills in: those of {@link filledMembers}. */
  readonly members: readonly string[];
  readonly place: AwsPlace;
}

/** The input that names a resource where that is not `name`, by `module/resource`. */
const nameInputs: { readonly [kind: string]: string } = {
  "rds/cluster": "clusterIdentifier",
  "rds/instance": "identifier",
  "s3/bucket": "bucket",
  "s3/bucketv2": "bucket",
  "elasticache/cluster": "clusterId",
  "elasticache/replicationgroup": "replicationGroupId",
};

/** The prefix of an id that AWS makes up, by `module/resource`. */
const idPrefixes: { readonly [kind: string]: string } = {
  "ec2/vpc": "vpc",
  "ec2/subnet": "subnet",
  "ec2/internetgateway": "igw",
  "ec2/natgateway": "nat",
  "ec2/eip": "eipalloc",
  "ec2/routetable": "rtb",
  "ec2/routetableassociation": "rtbassoc",
  "ec2/networkacl": "acl",
  "ec2/networkinterface": "eni",
  "ec2/instance": "i",
  "ec2/launchtemplate": "lt",
  "ec2/flowlog": "fl",
  "efs/filesystem": "fs",
};

/** Resources whose id is their ARN, by `module/resource`. */
const identifiedByArn = new Set([
  ...[
    "acm/certificate",
    "acm/certificatevalidation",
    "ecs/cluster",
    "ecs/service",
    "kinesis/firehosedeliverystream",
  ],
  ...["lb/listener", "lb/loadbalancer", "lb/targetgroup", "secretsmanager/secret", "wafv2/webacl"],
]);

/** The port where the engine, or the resource, has a usual one. */
const ports: { readonly [engine: string]: number } = {
  "aurora-mysql": 3306,
  "aurora-postgresql": 5432,
  mariadb: 3306,
  mysql: 3306,
  postgres: 5432,
  redis: 6379,
};

/** Inputs that the provider fills in where the program leaves them out. */
const computedInputs = ["arn", "name", "region", "port", "privateIp", ...Object.values(nameInputs)];

/** S3's ARNs, Route 53's and CloudFront's have no Region. */
const globalServices = ["cloudfront", "iam", "route53"];

/**
 * Says which members of a resource its provider fills in: those that are outputs alone, which the SDKs of providers mark in the code of the class, and
 * some inputs. A registration leaves out every member that the program does not give.
 *
 * @param props the properties with which the class registers the resource.
 */
export function filledMembers(resource: object, props: object): string[] {
  const members = Object.keys(props);
  for (let made = resource.constructor; typeof made === "function"; made = Object.getPrototypeOf(made)) {
    const outputs = [...made.toString().matchAll(/\["(\w+)"\] = undefined \/\*out\*\//g)].map(
      ([, name]) => name,
    );
    if (outputs.length > 0) {
      return members.filter((member) => outputs.includes(member) || computedInputs.includes(member));
    }
  }
  return members;
}

/** @returns the physical name that the program gives a resource, under whatever input. */
export function givenName(type: string, inputs: JsonObject): string | undefined {
  const name = inputs[nameInputs[kindOf(type)] ?? "name"];
  return typeof name === "string" ? name : undefined;
}

/**
 * Makes up what a provider would answer for a resource that nothing serves: each output by its name, in the shape that AWS gives it. An output
 * whose shape its name does not tell is left undefined.
 */
export function inertOutputs(resource: InertResource): { id: string; outputs: JsonObject } {
  const { members, inputs, givenId, physicalName, place } = resource;
  const kind = kindOf(resource.type);
  const arn = arnOf(resource);
  const prefix = idPrefixes[kind];
  const id =
    givenId ??
    (prefix
      ? `${prefix}-${digest(physicalName, 17)}`
      : identifiedByArn.has(kind)
        ? arn
        : idOf(kind, physicalName, place));
  const outputs: JsonObject = {};
  for (const member of members) {
    if (Object.hasOwn(inputs, member)) continue;
    const value = outputNamed(member, resource, id, arn);
    if (value !== undefined) outputs[member] = value;
  }
  return { id, outputs: { ...inputs, ...outputs, ...special(resource) } };
}

function idOf(kind: string, physicalName: string, { region }: AwsPlace): string {
  if (kind === "route53/zone") return `Z${digest(physicalName, 20).toUpperCase()}`;
  if (kind === "cognito/userpool") return `${region}_${digest(physicalName, 9)}`;
  if (kind === "cognito/userpoolclient") return digest(physicalName, 26);
  if (kind === "kms/key") return uuid(physicalName);
  return physicalName;
}

function outputNamed(member: string, resource: InertResource, id: string, arn: string): Json | undefined {
  const { physicalName, inputs, place, type } = resource;
  const service = serviceOf(type);
  const host = `${physicalName.toLowerCase()}.${digest(physicalName, 12)}.${place.region}.${service}.amazonaws.com`;
  switch (member) {
    case "arn":
      return arn;
    case nameInputs[kindOf(type)] ?? "name":
      return physicalName;
    case "keyId":
      return id;
    case "zoneId":
      if (kindOf(type) === "route53/zone") return id;
      return `Z${digest(service, 13).toUpperCase()}`;
    case "hostedZoneId":
    case "canonicalHostedZoneId":
      return `Z${digest(service, 13).toUpperCase()}`;
    case "region":
      return place.region;
    case "accountId":
    case "ownerId":
    case "registryId":
      return place.accountId;
    case "tagsAll":
      return isJsonObject(inputs.tags) ? inputs.tags : {};
    case "port":
      return ports[String(inputs.engine)] ?? 443;
    case "createdDate":
    case "createdTime":
    case "creationDate":
      return "2026-01-01T00:00:00Z";
    case "publicIp":
      return "203.0.113.10";
    case "privateIp":
      return "10.0.0.10";
    case "secret":
      return digest(physicalName, 40);
    case "fqdn":
      return String(inputs.name ?? host);
    // The provider `random`: what AWS does not make up, but a program may have to write down.
    case "result":
      return type.startsWith("random:") ? digest(physicalName, Number(inputs.length ?? 16)) : undefined;
    case "hex":
      return digest(physicalName, 2 * Number(inputs.byteLength ?? 8));
  }
  if (/Arn$/.test(member)) return `${arn}/${member.slice(0, -3)}`;
  if (/(^|[a-z])(dnsName|DnsName|domainName|DomainName|[eE]ndpoint|^address|hostname)$/.test(member))
    return host;
  if (/(^url|Url|^uri|Uri)$/.test(member)) return `https://${host}`;
  if (/Id$/.test(member)) return `${prefixOf(member)}-${digest(`${physicalName} ${member}`, 17)}`;
  if (/SubnetIds$/.test(member)) {
    return ["a", "b"].map((zone) => `subnet-${digest(`${physicalName} ${member} ${zone}`, 17)}`);
  }
  return undefined;
}

/** What the names of outputs do not tell. */
function special({ type, inputs, physicalName, place }: InertResource): JsonObject {
  switch (kindOf(type)) {
    case "acm/certificate": {
      const domains = [
        inputs.domainName,
        ...(Array.isArray(inputs.subjectAlternativeNames) ? inputs.subjectAlternativeNames : []),
      ];
      const validation = [...new Set(domains.map(String))].map((domainName) => ({
        domainName,
        resourceRecordName: `_${digest(domainName, 32)}.${domainName.replace(/^\*\./, "")}.`,
        resourceRecordType: "CNAME",
        resourceRecordValue: `_${digest(`${domainName} value`, 32)}.acm-validations.aws.`,
      }));
      return { domainValidationOptions: validation, status: "ISSUED" };
    }
    case "appsync/graphqlapi": {
      const [id, domain] = [digest(physicalName, 26), `${place.region}.amazonaws.com/graphql`];
      return {
        uris: {
          GRAPHQL: `https://${id}.appsync-api.${domain}`,
          REALTIME: `wss://${id}.appsync-realtime-api.${domain}`,
        },
      };
    }
    case "eks/cluster": {
      const issuer = `https://oidc.eks.${place.region}.amazonaws.com/id/${digest(physicalName, 32).toUpperCase()}`;
      return {
        certificateAuthority: { data: Buffer.from(physicalName).toString("base64") },
        identities: [{ oidcs: [{ issuer }] }],
        status: "ACTIVE",
      };
    }
    case "elasticache/cluster": {
      const port = inputs.port ?? ports[String(inputs.engine)] ?? 11_211;
      const domain = `${digest(physicalName, 6)}.cache.amazonaws.com`;
      const cacheNodes = Array.from({ length: Number(inputs.numCacheNodes ?? 1) }, (_, index) => {
        const id = String(index + 1).padStart(4, "0");
        return { id, address: `${physicalName}.${id}.${domain}`, port, availabilityZone: `${place.region}a` };
      });
      return { cacheNodes };
    }
    case "ecr/repository":
      return { repositoryUrl: `${place.accountId}.dkr.ecr.${place.region}.amazonaws.com/${physicalName}` };
    case "mediapackage/channel": {
      // MediaPackage has two for each channel, in two zones.
      const ingestEndpoints = ["a", "b"].map((zone) => {
        const id = digest(`${physicalName} ${zone}`, 16);
        const url = `https://${id}.mediapackage.${place.region}.amazonaws.com/in/v2/${id}/${id}/channel`;
        return { url, username: digest(`${id} username`, 16), password: digest(`${id} password`, 16) };
      });
      return { hlsIngests: [{ ingestEndpoints }] };
    }
    case "rds/instance": {
      const address = `${physicalName}.${digest(physicalName, 12)}.${place.region}.rds.amazonaws.com`;
      return { address, endpoint: `${address}:${ports[String(inputs.engine)] ?? 3306}` };
    }
    case "route53/zone":
      return { nameServers: [1, 2, 3, 4].map((n) => `ns-${n}.awsdns-0${n}.com`) };
    case "s3/bucket":
    case "s3/bucketv2":
      return {
        bucketDomainName: `${physicalName}.s3.amazonaws.com`,
        bucketRegionalDomainName: `${physicalName}.s3.${place.region}.amazonaws.com`,
      };
    case "cognito/userpool": {
      const id = idOf("cognito/userpool", physicalName, place);
      return { endpoint: `cognito-idp.${place.region}.amazonaws.com/${id}` };
    }
    case "secretsmanager/secretversion":
    case "ssm/parameter":
      return inputs.version === undefined && type.includes("ssm")
        ? { version: 1 }
        : { versionId: uuid(physicalName) };
    default:
      return {};
  }
}

function arnOf({ type, physicalName, place }: InertResource): string {
  const service = serviceOf(type);
  const [, resource = ""] = kindOf(type).split("/");
  if (/^s3\/bucket(v2)?$/.test(kindOf(type))) return `arn:aws:s3:::${physicalName}`;
  const local = kindOf(type) === "kms/key" ? `key/${uuid(physicalName)}` : `${resource}/${physicalName}`;
  if (globalServices.includes(service)) return `arn:aws:${service}::${place.accountId}:${local}`;
  return localArn(place, service, local);
}

/** `aws:s3/bucket:Bucket` → `s3/bucket`, in lower case. */
function kindOf(type: string): string {
  return (type.split(":")[1] ?? "").toLowerCase();
}

/** The service as ARNs name it, where Pulumi's module has another name. */
export function serviceOf(type: string): string {
  const [module = ""] = kindOf(type).split("/");
  const names: { readonly [module: string]: string } = {
    alb: "elasticloadbalancing",
    cognito: "cognito-idp",
    lb: "elasticloadbalancing",
    opensearch: "es",
  };
  return names[module] ?? module;
}

function prefixOf(member: string): string {
  return member
    .slice(0, -2)
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    .replace(/^-/, "");
}

function uuid(seed: string): string {
  return digest(seed, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
