/** What the rules leave to one another: rows that reach finds as two steps, and rows that every catalogue needs. */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { ESCALATION_PATHS, type EscalationPath, type EscalationRequest } from '../../lib/catalog/escalation-paths';
import { reachOf } from '../../lib/reach/reach';
import { type Grant, modelOf, principal } from './notation';

const actions = (requests: readonly EscalationRequest[]): string[] => requests.map((r) => r.action);

const composed = ESCALATION_PATHS.filter((p) => p.reached.kind === 'principal-any');

test('there are rows that become a principal and edit it', () => {
  expect(composed.length).toBeGreaterThanOrEqual(8);
});

test.each(composed.map((p) => [p.id, p] as const))(
  '%s is a step of becoming and a step of editing, each a row of its own',
  (_, path) => {
    const among = (kinds: readonly string[]) =>
      ESCALATION_PATHS.filter(
        (p) => kinds.includes(p.reached.kind) && actions(p.requests).every((a) => actions(path.requests).includes(a)),
      );
    const becoming = among(['principal']).flatMap((p) => actions(p.requests));
    const editing = among(['self-any']).flatMap((p) => actions(p.requests));
    expect(becoming.length).toBeGreaterThan(0);
    expect(editing.length).toBeGreaterThan(0);
    expect(new Set([...becoming, ...editing])).toEqual(new Set(actions(path.requests)));
  },
);

test('every action of a row is an action of the catalogue', () => {
  const unknown = ESCALATION_PATHS.flatMap((p) => actions(p.requests)).filter(
    (a) => awsCatalogue().actionId(a) === undefined,
  );
  expect(unknown).toEqual([]);
});

test('a catalogue of paths without sts:AssumeRole is refused', () => {
  expect(() => reachOf(modelOf([]), awsCatalogue(), { paths: [] })).toThrow(
    'the escalation paths have no row `sts-001`',
  );
});

describe('a row of an action that the catalogue does not know', () => {
  const row: EscalationPath = {
    id: 'iam-new',
    kind: 'principal-access',
    does: 'takes the role over',
    requests: [{ action: 'iam:TakeOver', target: 'target-role' }],
    reached: { kind: 'principal', of: 'role' },
    source: 'none',
  };
  const victim = principal('Victim');
  const reached = (can: readonly Grant[]) => {
    const source = principal('Source', { can });
    const reach = reachOf(modelOf([source, victim]), awsCatalogue(), { paths: [...ESCALATION_PATHS, row] });
    return [...reach.closure(source).members.keys()];
  };

  test('is asked of everybody', () => {
    expect(reached([{ Action: 'iam:TakeOver' }])).toEqual(['Test/Source', 'Test/Victim']);
  });

  test('and leads nobody anywhere who is not allowed it', () => {
    expect(reached([{ Action: 's3:GetObject' }])).toEqual(['Test/Source']);
  });
});
