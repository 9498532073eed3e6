/**
 * Soundness: no request is allowed by both of a pair called disjoint, nor by the left side alone of a
 * pair called subset; and every witness is what it claims to be: judged by an independent simulator.
 * `.ci/run` asks for a million judgements; without FUZZ_JUDGEMENTS there are fewer, to keep the
 * edit-and-test cycle short. `npm run fuzz` makes ten million.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { overlap } from '../../lib/policy/overlap';
import { subset } from '../../lib/policy/subset';
import { Campaign, type Engine } from './campaign';

const JUDGEMENTS = Number(process.env.FUZZ_JUDGEMENTS ?? 100_000);

test(`${JUDGEMENTS.toLocaleString('en')} judgements: the engine and the simulator never disagree`, () => {
  const args = ['--judgements', String(JUDGEMENTS), '--workers', '2', '--seed', process.env.SEED ?? '20261121'];
  const run = spawnSync(process.execPath, ['--import', 'tsx', join(__dirname, 'main.ts'), ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const output = run.stdout + run.stderr;
  const [, judged, allowed, disagreements] = /^(\d+) judgements \((\d+) allowed\).* (\d+) disagreements/m.exec(
    output,
  ) ?? [output];
  expect(disagreements).toBe('0');
  expect(run.status).toBe(0);
  expect(Number(judged)).toBeGreaterThanOrEqual(JUDGEMENTS);
  // Requests far from what anybody is allowed would prove nothing.
  expect(Number(allowed)).toBeGreaterThan(Number(judged) / 8);
}, 1_200_000);

describe('a campaign finds what is wrong with an engine that', () => {
  const right: Engine = { overlap, subset };
  const failuresOf = (engine: Engine) => new Campaign(awsCatalogue(), 7, engine).run(4_000).failures;

  test('is right: nothing', () => {
    expect(failuresOf(right)).toEqual([]);
  });

  test('calls every pair disjoint', () => {
    expect(failuresOf({ ...right, overlap: () => ({ verdict: 'disjoint' }) }).join()).toContain(
      'disjoint, and both allow',
    );
  });

  test('calls every pair a subset', () => {
    expect(failuresOf({ ...right, subset: () => ({ verdict: 'subset' }) }).join()).toContain(
      'subset, and only A allows',
    );
  });

  test('makes witnesses up', () => {
    const witness = { action: 's3:GetObject', resource: 'arn:aws:s3:::made/up', contextA: {}, contextB: {} };
    const failures = failuresOf({ ...right, overlap: () => ({ verdict: 'overlap', witness }) });
    expect(failures.join()).toContain('must allow the witness');
  });
});
