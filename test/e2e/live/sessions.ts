/**
 * The people of a run, and the credentials with which it attacks. Every team has a role, as its identity provider
 * would make it, that may ask for any role at all: only trust policies stand between a team and a duty.
 */

import { DUTIES } from '../../../lib/model/model';
import { type Credentials, type Endpoint, element, must, query, ROOT_USER, send } from './aws';
import { ACCOUNT, DOMAINS, dutyRole, roleArn, SESSION, teamRole } from './place';

export class Sessions {
  private readonly known = new Map<string, Promise<Credentials | undefined>>();

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
    const policy = documentWith({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' });
    await must(
      this.endpoint,
      ROOT_USER,
      query('iam', 'PutRolePolicy', { RoleName: name, PolicyName: 'assume', PolicyDocument: policy }),
    );
  }

  /** A session of the role, begun by the account's root user: as if it had been stolen. */
  stolen(role: string): Promise<Credentials | undefined> {
    return this.remembered(`stolen ${role}`, ROOT_USER, roleArn(role));
  }

  /** A session of the team's role. */
  async team(domain: string, duty: string): Promise<Credentials> {
    const credentials = await this.stolen(teamRole(domain, duty));
    if (credentials === undefined) throw new Error(`nobody may assume \`${teamRole(domain, duty)}\``);
    return credentials;
  }

  /** A session of the duty's role, begun by its team. */
  async duty(domain: string, duty: string): Promise<Credentials> {
    const credentials = await this.remembered(
      `duty ${domain} ${duty}`,
      await this.team(domain, duty),
      roleArn(dutyRole(domain, duty)),
    );
    if (credentials === undefined) throw new Error(`the team may not assume \`${dutyRole(domain, duty)}\``);
    return credentials;
  }

  /** An access key of the user. */
  async keyOf(user: string): Promise<Credentials> {
    const { body } = await must(this.endpoint, ROOT_USER, query('iam', 'CreateAccessKey', { UserName: user }));
    return read(body);
  }

  private remembered(id: string, as: Credentials, arn: string): Promise<Credentials | undefined> {
    let session = this.known.get(id);
    if (session === undefined) {
      session = this.assume(as, arn);
      this.known.set(id, session);
    }
    return session;
  }

  async assume(
    as: Credentials,
    arn: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Credentials | undefined> {
    const parameters = { RoleArn: arn, RoleSessionName: SESSION, ...more };
    const answer = await send(this.endpoint, as, query('sts', 'AssumeRole', parameters));
    return answer.status === 200 ? read(answer.body) : undefined;
  }
}

/** A policy of one statement. */
export const documentWith = (statement: object): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [statement] });

function read(body: string): Credentials {
  const [accessKeyId, secretAccessKey] = [element(body, 'AccessKeyId'), element(body, 'SecretAccessKey')];
  if (accessKeyId === undefined || secretAccessKey === undefined) throw new Error('no credentials in the answer');
  const sessionToken = element(body, 'SessionToken');
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}
