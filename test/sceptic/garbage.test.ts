/**
 * Templates that nobody should write. Whatever stands where: an answer or one line that says what is wrong with the input, never an
 * exception's stack; and a grant that is replaced by what cannot be read is a finding, an assumption or unusable input, never forgotten.
 *
 * `SCEPTIC_MUTATIONS` and `SCEPTIC_SEED` ask for more of the first.
 */
import { buildModel } from '../../lib/model/build-model';
import { InputError } from '../../lib/model/input-error';
import { isList, isObject } from '../../lib/model/json';
import { Random } from '../fuzz/random';
import { configure, type Json, stack, TODAY } from '../model/notation';
import { CROSSED, EVERYTHING } from './everything';
import { GARBAGE, mutated, places, replaced } from './mutate';
import { CONFIGURATION, judgeAll } from './world';

const COUNT = Number(process.env.SCEPTIC_MUTATIONS ?? 150);
const SEED = Number(process.env.SCEPTIC_SEED ?? 20261122);

const rendered = (template: unknown) => stack({}, { sections: template as Json });

function answer(template: unknown): readonly string[] {
  try {
    return judgeAll([rendered(template)]).findings;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message).not.toMatch(/\[object|undefined|\n/);
    return ['unusable'];
  }
}

test('the template is read in all of its parts: no gap, and no overlap', () => {
  expect(answer(EVERYTHING).filter((finding) => /^(SOD-|DOM-1 |DOM-2 |APP-1 )/.test(finding))).toEqual([]);
  expect(answer(CROSSED).filter((finding) => /^SOD-1 /.test(finding))).toHaveLength(1);
});

test(`${COUNT} mutations from seed ${SEED}: always an answer`, () => {
  const random = new Random(SEED);
  const all = places(EVERYTHING);
  const broken: string[] = [];
  for (let i = 0; i < COUNT; i++) {
    const [template, what] = mutated(EVERYTHING, all, random);
    try {
      answer(template);
    } catch (error) {
      broken.push(`${what}: ${String(error)}`);
    }
  }
  expect(broken).toEqual([]);
}, 3_600_000);

/** Of every list as much as before, and nothing in it. */
function hollow(value: unknown): unknown {
  if (isList(value)) return value.map(() => null);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, v]) => [key, hollow(v)])) : value;
}

test('nothing in a list: always an answer', () => {
  const own = Object.entries(EVERYTHING.Resources as Json).map(([id, one]): [string, Json] => [
    id,
    { ...(one as Json), Metadata: { bulkhead: { domain: id.slice(0, 1).toLowerCase() } } },
  ]);
  const hollowed = own.filter(([, one]) => JSON.stringify(hollow(one)) !== JSON.stringify(one));
  expect(hollowed.length).toBeGreaterThan(30);
  for (const [id, one] of hollowed) {
    const Resources = { ...Object.fromEntries(own), [id]: hollow(one) };
    expect(answer({ ...EVERYTHING, Resources })).not.toEqual([]);
  }
});

/** The least in which the crossing stands. */
const LEAST: Json = {
  Resources: Object.fromEntries(
    ['ARun', 'ACross', 'BRole', 'BBoundary', 'BQueue'].map((id) => [id, (CROSSED.Resources as Json)[id]]),
  ),
};

/** What CloudFormation takes, and what then grants nothing; or refuses, having read nothing that could be a grant. */
const GRANTS_NOTHING: readonly RegExp[] = [
  /^Resources\/ACross\/Type is a(n empty)? text$/,
  /^Resources\/ACross\/Properties is (null|an empty object|an object|a prototype)$/,
  /^Resources\/ACross\/Properties\/Roles(\/0)? is (a number|true|a text|an empty text|a Sub with half a variable)$/,
  /^Resources\/ACross\/Properties\/Roles is an empty list$/,
  /^Resources\/ACross\/Properties\/PolicyDocument\/Statement(\/0\/(Action|Resource))? is an empty list$/,
];

test('a grant that cannot be read is not forgotten', () => {
  const forgotten: string[] = [];
  for (const at of ['ARun', 'ACross']) {
    const base = ['Resources', at];
    const node = (LEAST.Resources as Json)[at];
    for (const place of places(node)) {
      for (const [name, value] of GARBAGE) {
        const path = [...base, ...place];
        const what = `${path.join('/')} is ${name}`;
        const template = replaced(LEAST, path, { value });
        if (answer(template).some((finding) => /^(SOD-|DOM-1 |APP-1 |unusable)/.test(finding))) continue;
        const { assumptions } = buildModel([rendered(template)], configure(CONFIGURATION), {
          partial: true,
          today: TODAY,
        });
        if (!assumptions.some(({ id }) => id === 'unresolved-attachment')) forgotten.push(what);
      }
    }
  }
  expect(forgotten.filter((what) => !GRANTS_NOTHING.some((pattern) => pattern.test(what)))).toEqual([]);
});
