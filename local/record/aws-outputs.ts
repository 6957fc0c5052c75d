import { isJsonObject, type JsonObject } from "../json";
import { services } from "../services";
import type { ServiceDefinition } from "../services/define-service";
import type { Autonamer } from "./autonaming";
import { type AwsPlace, digest, localArn, named, numbered, type OutputsByType } from "./outputs";

export type { AwsPlace } from "./outputs";

/** The resource types that belong to no simulated service: they are recorded, and other parts of the runtime read them. */
const withoutService: OutputsByType = {
  "aws:apigatewayv2/api:Api": ({ physicalName, givenId, place }) => {
    const id = givenId ?? digest(physicalName, 10);
    return { id, apiEndpoint: apiUrlOf(place, id), executionArn: localArn(place, "execute-api", id) };
  },
  "aws:apigatewayv2/apiMapping:ApiMapping": ({ physicalName }) => ({ id: digest(physicalName, 6) }),
  "aws:apigatewayv2/authorizer:Authorizer": ({ physicalName }) => ({ id: digest(physicalName, 6) }),
  "aws:apigatewayv2/domainName:DomainName": ({ inputs, place }) => {
    const name = String(inputs.domainName);
    const configuration = isJsonObject(inputs.domainNameConfiguration) ? inputs.domainNameConfiguration : {};
    return {
      id: name,
      arn: `arn:aws:apigateway:${place.region}::/domainnames/${name}`,
      domainNameConfiguration: {
        ...configuration,
        targetDomainName: `d-${digest(name, 10)}.execute-api.${place.region}.amazonaws.com`,
        hostedZoneId: `Z${digest(name, 13).toUpperCase()}`,
      },
    };
  },
  "aws:apigatewayv2/integration:Integration": ({ physicalName }) => ({ id: digest(physicalName, 7) }),
  "aws:apigatewayv2/route:Route": ({ physicalName }) => ({ id: digest(physicalName, 7) }),
  "aws:apigatewayv2/stage:Stage": ({ inputs, place }) => ({
    id: String(inputs.name),
    invokeUrl: apiUrlOf(place, String(inputs.apiId)),
  }),
  "aws:cloudwatch/logGroup:LogGroup": ({ physicalName, givenId, inputs, place }) => {
    const made = inputs.namePrefix ? `${String(inputs.namePrefix)}${digest(physicalName, 8)}` : physicalName;
    const name = givenId ?? made;
    return { id: name, name, arn: localArn(place, "logs", `log-group:${name}`) };
  },
  "aws:ec2/securityGroup:SecurityGroup": numbered("sg"),
  "aws:ec2/vpcEndpoint:VpcEndpoint": numbered("vpce"),
  // IAM is global: its ARNs have no Region.
  "aws:iam/policy:Policy": ({ physicalName, place }) => {
    const policyArn = `arn:aws:iam::${place.accountId}:policy/${physicalName}`;
    return { id: policyArn, name: physicalName, arn: policyArn };
  },
  "aws:iam/role:Role": (resource) => ({
    ...named(resource),
    arn: `arn:aws:iam::${resource.place.accountId}:role/${resource.physicalName}`,
    uniqueId: `AROA${digest(resource.physicalName, 17).toUpperCase()}`,
  }),
  "aws:iam/rolePolicy:RolePolicy": named,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": named,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": numbered("sgr"),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": numbered("sgr"),
  "awsx:ec2:Vpc": ({ physicalName, inputs }) => ({
    id: physicalName,
    vpcId: `vpc-${digest(physicalName, 17)}`,
    isolatedSubnetIds: subnetsOf("Isolated", physicalName, inputs),
    privateSubnetIds: subnetsOf("Private", physicalName, inputs),
    publicSubnetIds: subnetsOf("Public", physicalName, inputs),
    routeTables: zonesOf(inputs).map((zone) => ({ id: `rtb-${digest(physicalName + zone, 17)}` })),
    vpc: { id: `vpc-${digest(physicalName, 17)}`, cidrBlock: inputs.cidrBlock ?? "10.0.0.0/16" },
  }),
  "pulumi:providers:aws": named,
};

/** awsx makes a public and a private subnet in each of three zones, unless the program says otherwise. */
function subnetsOf(kind: string, physicalName: string, inputs: JsonObject): string[] {
  const specs = Array.isArray(inputs.subnetSpecs)
    ? inputs.subnetSpecs
    : [{ type: "Public" }, { type: "Private" }];
  return zonesOf(inputs).flatMap((zone) =>
    specs
      .filter((spec) => isJsonObject(spec) && spec.type === kind)
      .map((_, index) => `subnet-${digest(`${physicalName}${kind}${zone}${index}`, 17)}`),
  );
}

function zonesOf({ availabilityZoneNames: names, numberOfAvailabilityZones: count }: JsonObject): string[] {
  return Array.isArray(names)
    ? names.map(String)
    : ["a", "b", "c", "d", "e", "f"].slice(0, Number(count ?? 3));
}

function apiUrlOf({ apiUrl, apiUrlOf: urlOf }: AwsPlace, apiId: string): string {
  return urlOf?.(apiId) ?? apiUrl;
}

const outputsOf: OutputsByType = Object.assign({}, withoutService, ...services.map(({ outputs }) => outputs));

/** @returns whether the runtime knows a type. Components have no outputs of their own, so that it knows all of them. */
export function isKnownType(type: string): boolean {
  return Object.hasOwn(outputsOf, type);
}

/** @returns why the runtime cannot serve a resource of a known type; undefined where it can. */
export function unservedBecause(resource: {
  type: string;
  name: string;
  inputs: JsonObject;
}): string | undefined {
  const { protocolType = "HTTP" } = resource.inputs;
  if (resource.type === "aws:apigatewayv2/api:Api" && protocolType !== "HTTP") {
    return `its protocol is ${String(protocolType)}`;
  }
  const list: readonly Pick<ServiceDefinition<string, unknown>, "outputs" | "unserved">[] = services;
  const definition = list.find(({ outputs }) => Object.hasOwn(outputs, resource.type));
  return definition?.unserved?.(resource);
}

/** The resource types that the runtime knows, in alphabetical order. */
export const knownTypes: readonly string[] = Object.keys(outputsOf).sort();

/**
 * Says what a provider would answer to a registration.
 *
 * @param type a known type.
 * @param autoname makes the name of a resource that the program gives none.
 */
export function awsOutputs(
  type: string,
  resource: { name: string; inputs: JsonObject; givenId?: string | undefined },
  place: AwsPlace,
  autoname: Autonamer,
): { id: string; outputs: JsonObject } {
  const make = outputsOf[type];
  if (!make) throw new Error(`The type ${type} is unknown.`);
  const given = resource.inputs.name;
  if (given !== undefined && resource.inputs.namePrefix !== undefined) {
    // The provider refuses them in the preview.
    throw new Error(`The resource '${resource.name}' of type ${type} has both a name and a namePrefix.`);
  }
  const { givenId, inputs } = resource;
  // The id of most existing resources is their name, or an ARN that ends in it.
  const existing = /^(?:arn:\S*[:/])?([\w.-]+)$/.exec(givenId ?? "")?.[1];
  const physicalName = typeof given === "string" ? given : (existing ?? autoname(type, resource.name));
  const { id, ...outputs } = make({ physicalName, givenId, inputs, place });
  return { id: givenId ?? id, outputs: { ...inputs, ...outputs } };
}
