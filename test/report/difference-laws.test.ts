/** Laws of `diff` on whole templates: nothing is new against itself, nor against itself renamed and in another order. */
import { join } from 'node:path';
import { readTemplates } from '../../lib/model/read-templates';
import type { RenderedTemplate } from '../../lib/model/rendered-template';
import { renameTemplate } from '../../lib/reach/diff-rename';
import { compare } from '../../lib/report/difference';
import { estate } from '../reach/estate';

const BOOTSTRAP = join(__dirname, '../../node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml');
const clean = estate(3);

function shuffled(rendered: RenderedTemplate): RenderedTemplate {
  const template = rendered.template as { readonly Resources: object };
  const ids = Object.keys(template.Resources);
  const renamed = renameTemplate(rendered, { ids: new Map(ids.map((id) => [id, `X${id}`])), stacks: new Map() });
  const { Resources, ...rest } = renamed.template as { readonly Resources: object };
  return { ...renamed, template: { Resources: Object.fromEntries(Object.entries(Resources).reverse()), ...rest } };
}

test.each([
  ['the bootstrap template of CDK', readTemplates(BOOTSTRAP)],
  ['an estate of three domains', clean.templates],
])('%s', (_, templates) => {
  const options = { configuration: undefined, source: 'test' };
  expect(compare({ templates }, { templates }, options)).toMatchObject({ verdict: 'no-new-access', changes: [] });
  const other = templates.map(shuffled);
  expect(other).not.toEqual(templates);
  expect(compare({ templates }, { templates: other }, options)).toMatchObject({ changes: [], removed: [] });
  expect(compare({ templates: other }, { templates }, options).verdict).toBe('no-new-access');
});
