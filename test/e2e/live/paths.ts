/**
 * Every published escalation path, walked as every duty: a path is open to a role if the simulator allows each of its
 * requests on any of the resources that were deployed. It errs on the side of *open*: a path may need all requests on
 * resources that belong together, and here they need not.
 *
 * The list: `test/catalog/published-paths.tsv`, from pathfinding.cloud.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DUTIES } from '../../../lib/model/model';
import { simulate } from '../../policy/simulator';
import { type Row, row } from './evidence';
import { ACCOUNT, DOMAINS, dutyRole, REGION, ROOT, roleArn, SESSION } from './place';
import type { Document, Role, World } from './world';

interface Path {
  readonly id: string;
  readonly actions: readonly string[];
}

export function publishedPaths(): readonly Path[] {
  const text = readFileSync(join(ROOT, 'test', 'catalog', 'published-paths.tsv'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'))
    .map(([id = '', , actions = '']) => ({ id, actions: actions.split('+') }));
}

/** Resources of the action's service that were deployed; of others, one that is not there. */
function candidates(world: World, action: string): readonly string[] {
  const service = action.split(':')[0] ?? '';
  const deployed = world.resources.map((r) => world.arnOf(r)).filter((arn) => arn.split(':')[2] === service);
  if (service === 'sts') return world.roles.map(({ arn }) => arn);
  const stacks = [...new Set(world.resources.map(({ stack }) => stack))];
  if (service === 'cloudformation') return stacks.map((stack) => world.stackArn(stack));
  if (service === 'iam') {
    const people = ['user/somebody', 'group/some'].map((name) => `arn:aws:iam::${ACCOUNT}:${name}`);
    return [...new Set(deployed), ...people];
  }
  return deployed.length > 0 ? [...new Set(deployed)] : [`arn:aws:${service}:${REGION}:${ACCOUNT}:any/thing`];
}

/** With which role CloudFormation is to act, and to which service one is passed: whichever would open the path. */
function contexts(action: string, service: string): readonly Readonly<Record<string, string>>[] {
  if (action === 'iam:PassRole') return [{ 'iam:PassedToService': `${service}.amazonaws.com` }];
  if (!action.startsWith('cloudformation:')) return [{}];
  const roles = DOMAINS.map((domain) => ({ 'cloudformation:RoleArn': roleArn(dutyRole(domain, 'execution')) }));
  return [{}, ...roles];
}

type Thief = Pick<Role, 'name' | 'identityPolicies' | 'permissionsBoundary'>;

/** The paths that are open to the role. */
export function openPaths(world: World, thief: Thief, paths: readonly Path[]): readonly string[] {
  const of = {
    principal: `arn:aws:sts::${ACCOUNT}:assumed-role/${thief.name}/${SESSION}`,
    identityPolicies: thief.identityPolicies,
    ...(thief.permissionsBoundary && { permissionsBoundary: thief.permissionsBoundary }),
  };
  const known = new Map<string, boolean>();
  const may = (action: string, service: string): boolean => {
    const key = action === 'iam:PassRole' ? `${action} ${service}` : action;
    const answer =
      known.get(key) ??
      candidates(world, action).some((resource) =>
        contexts(action, service).some((context) => {
          const request = { action, resource, resourceAccount: ACCOUNT, context };
          return simulate({ ...of, request }) === 'allowed';
        }),
      );
    known.set(key, answer);
    return answer;
  };
  return paths
    .filter(({ actions }) => {
      const service = actions.find((a) => !a.startsWith('iam:'))?.split(':')[0] ?? 'ec2';
      return actions.every((action) => may(action, service));
    })
    .map(({ id }) => id);
}

const EVERYTHING: Document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

export function pathAttacks(world: World): readonly Row[] {
  const paths = publishedPaths();
  const names = new Set(DOMAINS.flatMap((domain) => DUTIES.map((duty) => dutyRole(domain, duty))));
  const duties = world.roles.filter(({ name }) => names.has(name));
  const open = duties.flatMap((role) => openPaths(world, role, paths).map((id) => `${role.name} ${id}`));
  const administrator = { name: 'administrator', identityPolicies: [EVERYTHING] };
  const all = openPaths(world, administrator, paths);
  return [
    row('S4', `each of ${duties.length} roles tries each of ${paths.length} published escalation paths`, 'simulated', {
      expected: 'none is open',
      observed: duties.length === 0 ? 'no role' : open.length === 0 ? 'none is open' : open.join(', '),
      twin: { what: `all ${paths.length} are open to an administrator`, holds: all.length === paths.length },
    }),
  ];
}
