/**
 * Hostile templates stay hostile, and their twins clean, however their ARNs are written: around a pseudo-parameter, joined,
 * or in one branch of a condition.
 */
import { InputError } from '../../lib/model/input-error';
import { isList, isObject } from '../../lib/model/json';
import { ACCOUNT, allow, type Json, join, ref, role, sub, when } from '../model/notation';
import { COMPUTE } from './cases-compute';
import { GATEWAYS } from './cases-gateways';
import { GRANTS } from './cases-grants';
import { type Case, INTRINSICS } from './cases-intrinsics';
import { arn, judge } from './world';

type Judgeable = Pick<Case, 'resources' | 'sections' | 'configuration'>;

const ALL: readonly Case[] = [...INTRINSICS, ...GRANTS, ...COMPUTE, ...GATEWAYS];
const ARN = /^arn:aws:/;

const escaped = (arn: string): string => arn.replace(/\$\{/g, '${!');
const inTwoWays = { Parameters: { Way: { Type: 'String' } }, Conditions: { Way: { 'Fn::Equals': [ref('Way'), 'x'] } } };

interface Spelling {
  readonly name: string;
  readonly write: (arn: string) => unknown;
  readonly sections?: typeof inTwoWays;
}

const SPELLINGS: readonly Spelling[] = [
  {
    name: 'with the partition of the stack',
    write: (arn) => sub(escaped(arn).replace(ARN, 'arn:${AWS::Partition}:')),
  },
  {
    name: 'with the account of the stack',
    write: (arn) => sub(escaped(arn).replaceAll(ACCOUNT, '${AWS::AccountId}')),
  },
  { name: 'in pieces', write: (arn) => join('arn:', ref('AWS::Partition'), arn.slice('arn:aws'.length)) },
  {
    name: 'in one branch of a condition',
    write: (arn) => when('Way', arn, ref('AWS::NoValue')),
    sections: inTwoWays,
  },
];

/** What stands in an intrinsic stays as it is. */
function respelled(value: unknown, write: (arn: string) => unknown): unknown {
  if (typeof value === 'string') return ARN.test(value) ? write(value) : value;
  if (isList(value)) return value.map((one) => respelled(one, write));
  if (!isObject(value) || Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'))) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, respelled(inner, write)]));
}

function within(resources: Json, write: (arn: string) => unknown): Json {
  return Object.fromEntries(
    Object.entries(resources).map(([id, one]) => [
      id,
      isObject(one) ? { ...one, Properties: respelled(one.Properties, write) } : one,
    ]),
  );
}

function separation({ resources, sections, configuration }: Judgeable): readonly string[] {
  try {
    return judge(resources, sections, configuration).findings.filter((f) => /^(SOD-\d+|DOM-1|DOM-2|APP-1) /.test(f));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return [`unusable: ${error.message}`];
  }
}

describe.each(SPELLINGS)('$name', ({ write, sections: more }) => {
  const written = ({ resources, sections = {}, ...rest }: Judgeable): Judgeable => {
    const { Parameters = {}, Conditions = {} } = sections as { Parameters?: Json; Conditions?: Json };
    const both = more && {
      Parameters: { ...Parameters, ...more.Parameters },
      Conditions: { ...Conditions, ...more.Conditions },
    };
    return { ...rest, resources: within(resources, write), sections: { ...sections, ...both } };
  };

  test('nothing hostile is proved', () => {
    expect(ALL.filter((one) => separation(written(one)).length === 0).map(({ name }) => name)).toEqual([]);
  });

  if (more === undefined) {
    test('nothing clean is objected to', () => {
      const twins = ALL.flatMap(({ twin, ...one }) => (twin === undefined ? [] : [{ ...one, ...twin }]));
      expect(twins.length).toBeGreaterThan(100);
      const objected = twins.filter((one) => separation(written(one)).length > 0);
      expect(objected.map((one) => [one.name, separation(written(one))])).toEqual([]);
    });
  }
});

test('nor does it matter in which order resources stand, and what roles of nobody stand beside them', () => {
  const nobodys = (name: string): Json =>
    role(
      ['sqs', 's3', 'execute-api', 'lambda'].map((service) => allow(`${service}:*`, arn(service, name))),
      {
        RoleName: name,
      },
    );
  const turned = <T extends Judgeable>(one: T): T => ({
    ...one,
    resources: Object.fromEntries(
      Object.entries({ First: nobodys('first'), ...one.resources, Last: nobodys('last') }).reverse(),
    ),
  });
  expect(ALL.filter((one) => separation(turned(one)).length === 0).map(({ name }) => name)).toEqual([]);
  const twins = ALL.flatMap(({ twin, ...one }) => (twin === undefined ? [] : [turned({ ...one, ...twin })]));
  expect(twins.filter((one) => separation(one).length > 0).map(({ name }) => name)).toEqual([]);
});
