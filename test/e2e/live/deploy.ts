/**
 * From an empty account to three domains, in the order of docs/four-eyes.md and with the real CLI: the administrator
 * bootstraps, deploys each domain's first stack and creates the second; from then on every change takes two.
 */
import { type Answer, type Credentials, type Endpoint, element, must, query, ROOT_USER, send } from './aws';
import { type CdkPlace, cdk } from './cdk';
import { ACCOUNT, DOMAINS, deploymentStackOf, REGION, stackOf } from './place';
import type { Sessions } from './sessions';
import type { PhysicalIds } from './world';

/** Everything of a run that is deployed to. */
export interface Site {
  readonly endpoint: Endpoint;
  readonly sessions: Sessions;
  readonly place: (assembly: string) => CdkPlace;
}

async function run(place: CdkPlace, as: Credentials, ...args: string[]): Promise<string> {
  const { status, output } = await cdk(place, as, ...args);
  if (status !== 0) throw new Error(`cdk ${args.join(' ')}: status ${status}\n${output.slice(-4000)}`);
  return output;
}

export async function deployAll({ place, sessions }: Site, assembly: string): Promise<void> {
  const at = place(assembly);
  const deploy = (stack: string) => run(at, ROOT_USER, 'deploy', stack, '--exclusively', '--require-approval', 'never');
  await run(at, ROOT_USER, 'bootstrap', `aws://${ACCOUNT}/${REGION}`);
  await deploy('ApiGatewayAccount');
  await sessions.createPeople();
  for (const domain of DOMAINS) {
    await deploy(deploymentStackOf(domain));
    await deploy(stackOf(domain));
  }
}

/** A change of the domain, prepared by `deploy` with the real CLI: the ARN of the change set. */
export async function prepare(
  { place, sessions }: Site,
  assembly: string,
  domain: string,
  name: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<string> {
  const given = Object.entries(parameters).flatMap(([key, value]) => [
    '--parameters',
    `${stackOf(domain)}:${key}=${value}`,
  ]);
  const output = await run(
    place(assembly),
    await sessions.team(domain, 'deploy'),
    'deploy',
    stackOf(domain),
    '--exclusively',
    '--method=prepare-change-set',
    '--change-set-name',
    name,
    '--require-approval',
    'never',
    ...given,
  );
  const arn = /arn:aws:cloudformation:\S+:changeSet\/[^\s/]+\/[\w-]+/.exec(output)?.[0];
  if (arn === undefined) throw new Error(`cdk deploy printed no change set: ${output.slice(-2000)}`);
  return arn;
}

/** Let run by `approve`, by ARN. */
export async function execute({ endpoint, sessions }: Site, domain: string, changeSet: string): Promise<Answer> {
  const call = query('cloudformation', 'ExecuteChangeSet', { ChangeSetName: changeSet });
  return send(endpoint, await sessions.duty(domain, 'approve'), call);
}

/** Waits until the stack is at rest, and says how. */
export async function statusOf({ endpoint }: Site, stack: string): Promise<string> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const { body } = await must(endpoint, ROOT_USER, query('cloudformation', 'DescribeStacks', { StackName: stack }));
    const status = element(body, 'StackStatus') ?? 'unknown';
    if (!status.endsWith('IN_PROGRESS') || Date.now() > deadline) return status;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** What the emulator made of each resource. */
export async function physicalIds({ endpoint }: Site, stacks: readonly string[]): Promise<PhysicalIds> {
  const found: Record<string, Record<string, string>> = {};
  for (const stack of stacks) {
    const { body } = await must(
      endpoint,
      ROOT_USER,
      query('cloudformation', 'DescribeStackResources', { StackName: stack }),
    );
    const ids: Record<string, string> = {};
    for (const [, member = ''] of body.matchAll(/<member>([\s\S]*?)<\/member>/g)) {
      const [logicalId, id] = [element(member, 'LogicalResourceId'), element(member, 'PhysicalResourceId')];
      if (logicalId !== undefined && id !== undefined) ids[logicalId] = id;
    }
    const described = await must(endpoint, ROOT_USER, query('cloudformation', 'DescribeStacks', { StackName: stack }));
    const stackId = element(described.body, 'StackId');
    if (stackId === undefined) throw new Error(`stack \`${stack}\` has no id`);
    found[stack] = { ...ids, 'AWS::StackId': stackId };
  }
  return found;
}
