/**
 * Whether a principal may write what a running resource takes from elsewhere, as far as accounts tell: in its own
 * account, or in one whose resource policy admits it. An object's ARN does not say whose it is, so a bucket
 * that no template has may be anybody's.
 */
import type { Principal, Resource } from '../model/model';
import { splitText, textKey } from '../model/text-key';
import { literal, type Text } from '../policy/text';
import { admits } from './named';
import { maySame } from './same-text';
import { sourcesOf } from './sources';
import type { World } from './world';

const CONTAINERS: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGatewayV2::Integration',
  'AWS::Cognito::IdentityPool',
  'AWS::Cognito::UserPool',
  'AWS::ECR::Repository',
  'AWS::S3::Bucket',
]);

export class Writers {
  private containers: ReadonlyMap<string, readonly Resource[]> | undefined;

  constructor(private readonly world: World) {}

  /** False only if all that the resource takes from the action's service is another account's, which admits the principal nowhere. */
  mayWrite(maker: Principal, action: string, resource: Resource): boolean {
    const service = action.slice(0, action.indexOf(':'));
    return sourcesOf(resource, service, this.world.resourceById).some((source) => {
      if (source === 'unknown') return true;
      const owners = this.ownersOf(source);
      if (owners.length > 0)
        return owners.some((o) => !isSealed(o) && (maySame(o.account, maker.account) || admits(o, maker)));
      const account = splitText(source, ':')?.[4];
      return account === undefined || account.parts.length === 0 || maySame(account, maker.account);
    });
  }

  /** The resources of the templates that the source is, or is in. */
  private ownersOf(source: Text): readonly Resource[] {
    const key = containerKey(source);
    this.containers ??= containersOf(this.world);
    return (key === undefined ? undefined : this.containers.get(key)) ?? [];
  }
}

/** A tag of such a repository is pushed once. Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html */
function isSealed({ properties }: Resource): boolean {
  return properties.ImageTagMutability === 'IMMUTABLE';
}

function containersOf({ model }: World): ReadonlyMap<string, readonly Resource[]> {
  const found = new Map<string, Resource[]>();
  for (const resource of model.resources) {
    if (resource.arn === undefined || !CONTAINERS.has(resource.origin.type)) continue;
    const key = containerKey(resource.arn);
    if (key !== undefined) found.set(key, [...(found.get(key) ?? []), resource]);
  }
  return found;
}

/** Service and name of the bucket, repository, pool or API that an ARN is of, or in. */
function containerKey(arn: Text): string | undefined {
  const pieces = splitText(arn, ':');
  const [service, path] = [pieces?.[2], splitText(pieces?.[5] ?? { parts: [] }, '/')];
  if (service === undefined || path === undefined) return undefined;
  const ends: Readonly<Record<string, number>> = { s3: 1, apigateway: 3 };
  return [service, ...path.slice(0, ends[literal(service) ?? ''] ?? path.length)].map(textKey).join(' ');
}
