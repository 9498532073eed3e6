/**
 * The people of a run, and the credentials with which it attacks. Every team has a role, as its identity provider
 * would make it, that may ask for any role at all: only trust policies stand between a team and a duty.
 */

import { DUTIES } from '../../../lib/model/model';
import { type Credentials, type Endpoint, element, must, query, ROOT_USER, send } from './aws';
import { ACCOUNT, DOMAINS, dutyRole, REGION, roleArn, SESSION, teamRole } from './place';

export class Sessions {
  private readonly known = new Map<string, Promise<Credentials>>();

  constructor(readonly endpoint: Endpoint) {}

  /** The teams' roles, and one user without any policy. */
  async createPeople(): Promise<void> {
    for (const domain of DOMAINS) {
      for (const duty of DUTIES) await this.createTeam(teamRole(domain, duty));
    }
    await must(this.endpoint, ROOT_USER, query('iam', 'CreateUser', { UserName: 'nobody' }));
  }

  private async createTeam(name: string): Promise<void> {
    const trust = documentWith({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Action: 'sts:AssumeRole',
    });
    await must(
      this.endpoint,
      ROOT_USER,
      query('iam', 'CreateRole', { RoleName: name, AssumeRolePolicyDocument: trust }),
    );
    // AWS asks no policy for `GetCallerIdentity`; the emulator does.
    const policy = documentWith({
      Effect: 'Allow',
      Action: ['sts:AssumeRole', 'sts:GetCallerIdentity'],
      Resource: '*',
    });
    await must(
      this.endpoint,
      ROOT_USER,
      query('iam', 'PutRolePolicy', { RoleName: name, PolicyName: 'assume', PolicyDocument: policy }),
    );
  }

  /**
   * A session of any role, as if it had been stolen: one of a duty's by its team, any other by opening its trust policy
   * to the account for a moment.
   */
  stolen(role: string): Promise<Credentials> {
    const [, domain, duty] = new RegExp(`^bulkhead-(.+)-(${DUTIES.join('|')})-${REGION}$`).exec(role) ?? [];
    // Only the reference app's teams are here.
    return domain !== undefined && duty !== undefined && (DOMAINS as readonly string[]).includes(domain)
      ? this.duty(domain, duty)
      : this.remembered(role, () => this.steal(role));
  }

  private async steal(role: string): Promise<Credentials> {
    const { body } = await must(this.endpoint, ROOT_USER, query('iam', 'GetRole', { RoleName: role }));
    const before = decodeURIComponent(element(body, 'AssumeRolePolicyDocument') ?? '');
    const trust = (document: string) =>
      must(
        this.endpoint,
        ROOT_USER,
        query('iam', 'UpdateAssumeRolePolicy', { RoleName: role, PolicyDocument: document }),
      );
    await trust(
      documentWith({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }),
    );
    const session = await this.assume(ROOT_USER, roleArn(role));
    await trust(before);
    if (session === undefined) throw new Error(`nobody may assume \`${role}\``);
    return session;
  }

  /** A session of the team's role. */
  team(domain: string, duty: string): Promise<Credentials> {
    return this.remembered(teamRole(domain, duty), () => this.begun(ROOT_USER, teamRole(domain, duty)));
  }

  /** A session of the duty's role, begun by its team. */
  duty(domain: string, duty: string): Promise<Credentials> {
    return this.remembered(dutyRole(domain, duty), async () =>
      this.begun(await this.team(domain, duty), dutyRole(domain, duty)),
    );
  }

  /** The same, begun now. */
  async newDuty(domain: string, duty: string): Promise<Credentials | undefined> {
    return this.assume(await this.team(domain, duty), roleArn(dutyRole(domain, duty)));
  }

  private async begun(as: Credentials, role: string): Promise<Credentials> {
    const session = await this.assume(as, roleArn(role));
    if (session === undefined) throw new Error(`\`${role}\` may not be assumed`);
    return session;
  }

  /** An access key of the user. */
  async keyOf(user: string): Promise<Credentials> {
    const { body } = await must(this.endpoint, ROOT_USER, query('iam', 'CreateAccessKey', { UserName: user }));
    return readCredentials(body);
  }

  private remembered(role: string, begin: () => Promise<Credentials>): Promise<Credentials> {
    const known = this.known.get(role);
    if (known !== undefined) return known;
    const session = begin();
    this.known.set(role, session);
    // Who could not be reached is asked again.
    session.catch(() => this.known.delete(role));
    return session;
  }

  async assume(
    as: Credentials,
    arn: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Credentials | undefined> {
    const parameters = { RoleArn: arn, RoleSessionName: SESSION, ...more };
    const answer = await send(this.endpoint, as, query('sts', 'AssumeRole', parameters));
    return answer.status === 200 ? readCredentials(answer.body) : undefined;
  }
}

/** A policy of one statement. */
export const documentWith = (statement: object): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [statement] });

/** Those in an answer of STS or IAM. */
export function readCredentials(body: string): Credentials {
  const [accessKeyId, secretAccessKey] = [element(body, 'AccessKeyId'), element(body, 'SecretAccessKey')];
  if (accessKeyId === undefined || secretAccessKey === undefined) throw new Error('no credentials in the answer');
  const sessionToken = element(body, 'SessionToken');
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}
