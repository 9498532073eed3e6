/** A user of the account with an access key and a second factor, who may ask for any role. */
import { type Answer, type Credentials, type Endpoint, element, must, query, ROOT_USER, send } from './aws';
import type { Site } from './deploy';
import { oneTimeCode } from './gateway';
import { roleArn, SESSION } from './place';
import { documentWith } from './sessions';

export class Person {
  private constructor(
    private readonly endpoint: Endpoint,
    private readonly key: Credentials,
    private readonly serialNumber: string,
    private readonly seed: string,
  ) {}

  static async called(UserName: string, { endpoint, sessions }: Site): Promise<Person> {
    const ask = (action: string, more: Readonly<Record<string, string>>) =>
      must(endpoint, ROOT_USER, query('iam', action, more));
    await ask('CreateUser', { UserName });
    const { body } = await ask('CreateVirtualMFADevice', { VirtualMFADeviceName: UserName });
    const SerialNumber = element(body, 'SerialNumber') ?? '';
    // The seed is text in base32, which the interface carries in base64.
    const seed = Buffer.from(element(body, 'Base32StringSeed') ?? '', 'base64').toString();
    const AuthenticationCode1 = oneTimeCode(seed, Date.now() - 30_000);
    await ask('EnableMFADevice', {
      UserName,
      SerialNumber,
      AuthenticationCode1,
      AuthenticationCode2: oneTimeCode(seed),
    });
    const PolicyDocument = documentWith({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' });
    await ask('PutUserPolicy', { UserName, PolicyName: 'assume', PolicyDocument });
    return new Person(endpoint, await sessions.keyOf(UserName), SerialNumber, seed);
  }

  code(): string {
    return oneTimeCode(this.seed);
  }

  /** None of those that are good around now. */
  wrongCode(): string {
    const good = [-60, -30, 0, 30, 60].map((seconds) => oneTimeCode(this.seed, Date.now() + seconds * 1000));
    return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !good.includes(code)) ?? '';
  }

  take(role: string, code?: string): Promise<Answer> {
    const more: Readonly<Record<string, string>> =
      code === undefined ? {} : { SerialNumber: this.serialNumber, TokenCode: code };
    const asked = { RoleArn: roleArn(role), RoleSessionName: SESSION, ...more };
    return send(this.endpoint, this.key, query('sts', 'AssumeRole', asked));
  }
}
