/** A witness among unresolved values gives every hole a value that it can have. */
import type { Policies } from '../../lib/policy/document';
import { overlap } from '../../lib/policy/overlap';
import { parsePolicy } from '../../lib/policy/parse';
import { type Hole, type Part, text } from '../../lib/policy/text';
import { SMALL } from './notation';

const bucket = (id: string): Hole => ({ hole: id, type: 'segment', identity: 'bucket', label: id });
const [H, K] = [bucket('h'), bucket('k')];
const on = (...parts: readonly Part[]): Policies => ({
  identityPolicies: [
    parsePolicy(
      {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's:Move', Resource: text('arn:aws:s:::', ...parts) }],
      },
      'policy',
    ),
  ],
});

describe('values of holes in a witness', () => {
  test('two resources of one deployment are never given one name', () => {
    // The wildcard keeps both holes from being letters, so only the proposed values tell them apart.
    expect(overlap(on('logs-', H, '?'), on('logs-', K, '?'), SMALL).verdict).not.toBe('overlap');
    expect(overlap(on('logs-', H, '?'), on('logs-', H, '?'), SMALL).verdict).toBe('overlap');
  });

  test('a value is of its type', () => {
    const account: Hole = { hole: 'account', type: 'account', label: 'AWS::AccountId' };
    const verdict = overlap(on(account, '*'), on('1*'), SMALL);
    expect(verdict).toMatchObject({
      verdict: 'overlap',
      witness: { holes: { account: expect.stringMatching(/^1\d{11}$/) } },
    });
    expect(overlap(on(account), on('production'), SMALL).verdict).toBe('disjoint');
  });
});
