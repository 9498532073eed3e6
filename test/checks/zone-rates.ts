/** What DOM-8 says of the gateway that two domains share, and statements that read the path in one way only. */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { CheckContext } from '../../lib/checks/check';
import { ratesAreLimited } from '../../lib/checks/rates-are-limited';
import type { RenderedTemplate } from '../../lib/model/rendered-template';
import { DIVIDED } from '../model/a-shared-gateway';
import { configured, type Json, stack } from '../model/notation';

export function stacks(templates: readonly RenderedTemplate[], configuration: Json = DIVIDED): readonly string[] {
  const model = configured(templates, configuration);
  return ratesAreLimited
    .run(model, new CheckContext(awsCatalogue()))
    .map(({ severity, message }) => `${severity}: ${message}`);
}

export function judged(resources: Json, configuration: Json = DIVIDED): readonly string[] {
  return stacks([stack(resources)], configuration);
}

export const PARTNER = 'the zone `/partner` of the domain `partner` at `S/Api`';
export const PUBLIC = 'the zone `/public` of the domain `public` at `S/Api`';

export const onlyPlain = (zone: string, types = ['NONE'], constraint = 'STARTS_WITH'): Json => ({
  ByteMatchStatement: {
    FieldToMatch: { UriPath: {} },
    PositionalConstraint: constraint,
    SearchString: `/v1${zone}/`,
    TextTransformations: types.map((Type, Priority) => ({ Priority, Type })),
  },
});
