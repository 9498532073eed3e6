/**
 * What trust domains that share a gateway cannot have to themselves, whatever its routes are divided into. It is no finding,
 * because nobody could mend it but by giving a domain an API of its own; so every report says it.
 * Source of each: what API Gateway has once for an API or a stage
 * (https://docs.aws.amazon.com/apigateway/latest/api/API_Stage.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html).
 */
import type { Api, Assumption, Resource } from './model';

export function assumptionsOfGateways(apis: readonly Api[], resources: readonly Resource[]): readonly Assumption[] {
  return apis.flatMap(({ id, origin, domain, zones }): readonly Assumption[] => {
    if (zones === undefined) return [];
    const stages = resources.filter((r) => r.origin.type === 'AWS::ApiGateway::Stage' && refersTo(r, id));
    const guarding = resources.filter(
      (r) => r.origin.type === 'AWS::WAFv2::WebACLAssociation' && stages.some((stage) => refersTo(r, stage.id)),
    );
    const acls = resources.filter(
      (r) => r.origin.type === 'AWS::WAFv2::WebACL' && guarding.some((association) => refersTo(association, r.id)),
    );
    const parts = [
      `the stage${named(stages)} with its deployment, client certificate, access log and execution log`,
      `the web ACL${named(acls)}`,
      'the resource policy',
      "the account's throttle",
    ];
    const who = domain === undefined ? `the stack \`${origin.stack}\`` : `what belongs to \`${domain}\``;
    return [
      {
        id: 'shared-gateway',
        text: `${zones.map((zone) => `\`${zone.domain}\` (${zone.path})`).join(', ')} share the gateway \`${origin.path}\`, and cannot be separated in ${parts.join(', ')}; whoever may change ${who} changes the way into each of them`,
      },
    ];
  });
}

function refersTo({ references }: Resource, id: string): boolean {
  return references.some(({ to }) => to === id);
}

function named(resources: readonly Resource[]): string {
  return resources.length === 0 ? '' : ` ${resources.map(({ origin }) => `\`${origin.path}\``).join(' and ')}`;
}
