/**
 * The `@default` of every optional prop is true: leaving the prop out gives what giving it that value gives, and another value
 * gives something else. Where the default is that something is not there, the other value shows that it then is.
 */
import type { Stack } from 'aws-cdk-lib';
import { memberOf, publicApi } from '../docs/public-api';
import { InStack, NONE, type Row } from './default-row';
import { ROWS as DOMAIN_ROWS } from './default-rows';
import { AUDIT_ROWS } from './default-rows-audit';
import { SHARED_ROWS } from './default-rows-shared';
import { makeAuthority } from './with-authorizer';

beforeAll(makeAuthority);

const ROWS: readonly Row[] = [...DOMAIN_ROWS, ...AUDIT_ROWS, ...SHARED_ROWS];

test.each(ROWS)('%s: %s', (prop, says, build, same, other) => {
  const [type = '', name = ''] = prop.split('.');
  expect(memberOf(publicApi().get(type)!, name)).toMatchObject({ optional: true, default: says });
  const withProp = (value: unknown) =>
    outcome(() => build((stack: Stack) => ({ [name]: value instanceof InStack ? value.make(stack) : value })));
  const without = outcome(() => build(() => ({})));
  if (same !== NONE) expect(withProp(same)).toEqual(without);
  expect(withProp(other)).not.toEqual(without);
});

test('no default is left out', () => {
  const props = [...publicApi().values()].filter(({ name, kind }) => kind === 'interface' && !/^I[A-Z]/.test(name));
  const optional = props.flatMap((type) =>
    type.members.filter((member) => member.optional).map((member) => `${type.name}.${member.name}`),
  );
  expect(optional.filter((prop) => !ROWS.some(([known]) => known === prop))).toEqual([]);
});

/** What is built, or why it is refused. */
function outcome(build: () => unknown): unknown {
  try {
    return build();
  } catch (error) {
    return String(error);
  }
}
