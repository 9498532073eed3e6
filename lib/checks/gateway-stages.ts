/**
 * The stages of a REST API, whatever makes them: a resource of their own, a deployment that names one
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-deployment.html), or the API
 * itself where it is written for AWS SAM. A stage that no resource is has no web ACL of its own accord.
 */
import type { Resource } from '../model/model';
import { splitText, textKey } from '../model/text-key';
import { literal } from '../policy/text';
import { referring, typed } from './by-type';
import { asText, listed, member } from './settings';

export interface GatewayStage {
  readonly resource: Resource;
  /** Undefined where only the deployment knows it. */
  readonly name: string | undefined;
  readonly methodSettings: readonly unknown[];
  /** The associations with web ACLs that are about this stage, of those that the model holds. */
  readonly associations: (resources: readonly Resource[]) => readonly Resource[];
}

/** @param resources all of the model: a stage that carries no mark is one of the API all the same */
export function stagesOfApi(api: string, resources: readonly Resource[]): readonly GatewayStage[] {
  const own = [
    ...STAGES.flatMap((type) => referring(resources, type, 'RestApiId').get(api) ?? []),
    ...typed(resources, 'AWS::Serverless::Api').filter(({ id }) => id === api),
  ];
  return apart(own.flatMap((resource) => stageOf(resource, api) ?? []));
}

const STAGES = ['AWS::ApiGateway::Stage', 'AWS::ApiGateway::Deployment'];

/** A deployment may name the stage that a resource is. */
function apart(stages: readonly GatewayStage[]): readonly GatewayStage[] {
  const named = new Set(stages.flatMap(({ resource, name }) => (isDeployment(resource) ? [] : (name ?? []))));
  return stages.filter(({ resource, name }) => !isDeployment(resource) || name === undefined || !named.has(name));
}

function isDeployment({ origin }: Resource): boolean {
  return origin.type === 'AWS::ApiGateway::Deployment';
}

/** What the stage says of a setting. */
export function settingOf({ resource }: GatewayStage, ...keys: readonly string[]): unknown {
  return isDeployment(resource)
    ? member(resource.properties.StageDescription, ...keys)
    : member(resource.properties, ...keys);
}

/** The property in which it says it, as references are written. */
export function settingAt({ resource }: GatewayStage, at: string): string {
  return isDeployment(resource) ? `StageDescription.${at}` : at;
}

/** The stage that the resource is or makes, if it does. */
export function stageOf(resource: Resource, api: string): GatewayStage | undefined {
  const { origin, properties, id } = resource;
  const written = asText(properties.StageName);
  switch (origin.type) {
    case 'AWS::ApiGateway::Stage':
    case 'AWS::Serverless::Api':
      break;
    case 'AWS::ApiGateway::Deployment':
      if (properties.StageName === undefined) return undefined;
      break;
    default:
      return undefined;
  }
  const settings = isDeployment(resource)
    ? member(properties.StageDescription, 'MethodSettings')
    : properties.MethodSettings;
  return {
    resource,
    name: written === undefined ? undefined : literal(written),
    methodSettings: listed(settings),
    associations: (resources) => {
      const about = referring(resources, 'AWS::WAFv2::WebACLAssociation', 'ResourceArn');
      const itself = origin.type === 'AWS::ApiGateway::Stage' ? (about.get(id) ?? []) : [];
      if (written === undefined) return itself;
      // `…/restapis/API/stages/NAME`, with the name written out.
      const byName = (about.get(api) ?? []).filter((association) => {
        const arn = asText(association.properties.ResourceArn);
        const last = arn && splitText(arn, '/')?.at(-1);
        return last !== undefined && textKey(last) === textKey(written);
      });
      return byName.length === 0 ? itself : [...new Set([...itself, ...byName])];
    },
  };
}
