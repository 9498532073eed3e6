/** As much of AWS as `cdk deploy` asks before a change set exists: it answers, and records who asked for what. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  /** The role whose session asks; `caller` for the credentials that the CLI was started with. */
  readonly as: string;
  readonly action: string;
  readonly resource: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Place {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
}

export class AnAws {
  readonly asked: Asked[] = [];
  private readonly server: Server;
  private created = false;

  /** @param stackExists whether the stack that is deployed is there already */
  constructor(
    private readonly place: Place,
    private readonly stackExists = true,
  ) {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const [status, body, type = 'text/xml'] = this.answer(request, Buffer.concat(chunks).toString('latin1'));
        response.writeHead(status, { 'content-type': type, etag: '"1"' }).end(body);
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }

  get stackId(): string {
    const { account, region, stackName } = this.place;
    return `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/6f1c5d3e-0000-4000-8000-000000000000`;
  }

  private answer(request: IncomingMessage, body: string): readonly [number, string, string?] {
    const [, key = '', service = ''] =
      /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const as = key.startsWith('ASIA') ? key.slice(4) : 'caller';
    const record = (action: string, resource: string, parameters = {}): void => {
      this.asked.push({ as, action: `${service}:${action}`, resource, headers: request.headers, parameters });
    };
    if (service === 's3') return this.s3(request, record);
    const parameters = Object.fromEntries(new URLSearchParams(body));
    const { Action = '', RoleArn = '', StackName = '' } = parameters;
    if (service === 'sts') {
      record(Action, RoleArn || '*', parameters);
      return [200, Action === 'AssumeRole' ? session(RoleArn) : identity(this.place.account)];
    }
    const ours = StackName === this.place.stackName || StackName === this.stackId;
    record(
      Action,
      ours ? this.stackId : `arn:aws:cloudformation:${this.place.region}:${this.place.account}:stack/${StackName}/*`,
      parameters,
    );
    return ours ? this.cloudFormation(Action) : denied(Action);
  }

  private s3(
    { method, url = '' }: IncomingMessage,
    record: (action: string, resource: string) => void,
  ): readonly [number, string] {
    const { pathname, searchParams } = new URL(url, 'http://s3');
    const [bucket = '', ...key] = pathname.slice(1).split('/');
    const [arn, object] = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/${key.join('/')}`];
    if (method === 'PUT') {
      record('PutObject', object);
      return [200, ''];
    }
    if (searchParams.has('location')) {
      record('GetBucketLocation', arn);
      return [200, `<LocationConstraint>${this.place.region}</LocationConstraint>`];
    }
    if (searchParams.has('encryption')) {
      record('GetEncryptionConfiguration', arn);
      return [
        200,
        '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>',
      ];
    }
    record('ListBucket', arn);
    return [
      200,
      `<ListBucketResult><Name>${bucket}</Name><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>`,
    ];
  }

  private cloudFormation(action: string): readonly [number, string] {
    const { stackName, region, account } = this.place;
    const changeSet = `arn:aws:cloudformation:${region}:${account}:changeSet/release-1/9a2b0000-0000-4000-8000-000000000000`;
    switch (action) {
      case 'DescribeStacks':
        return this.stackExists
          ? [
              200,
              result(
                action,
                `<Stacks><member><StackId>${this.stackId}</StackId><StackName>${stackName}</StackName><StackStatus>UPDATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime></member></Stacks>`,
              ),
            ]
          : [400, failure('ValidationError', `Stack with id ${stackName} does not exist`)];
      case 'GetTemplate':
        return [200, result(action, '<TemplateBody>{"Resources":{}}</TemplateBody>')];
      case 'CreateChangeSet':
        this.created = true;
        return [200, result(action, `<Id>${changeSet}</Id><StackId>${this.stackId}</StackId>`)];
      case 'DescribeChangeSet':
        if (!this.created) return [404, failure('ChangeSetNotFound', 'ChangeSet [release-1] does not exist')];
        return [
          200,
          result(
            action,
            `<ChangeSetId>${changeSet}</ChangeSetId><ChangeSetName>release-1</ChangeSetName><StackId>${this.stackId}</StackId><StackName>${stackName}</StackName><Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus><Changes><member><Type>Resource</Type><ResourceChange><Action>Add</Action><LogicalResourceId>A</LogicalResourceId><ResourceType>AWS::SNS::Topic</ResourceType></ResourceChange></member></Changes>`,
          ),
        ];
      default:
        return [200, result(action, '')];
    }
  }
}

function result(action: string, inner: string): string {
  return `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${action}Result>${inner}</${action}Result></${action}Response>`;
}

function failure(code: string, message: string): string {
  return `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
}

function denied(action: string): readonly [number, string] {
  return [403, failure('AccessDenied', `not authorized to perform ${action}`)];
}

/** The key id says whose session it is. */
function session(roleArn: string): string {
  const name = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser><Arn>${roleArn}</Arn><AssumedRoleId>A:b</AssumedRoleId></AssumedRoleUser><Credentials><AccessKeyId>ASIA${name}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
}

function identity(account: string): string {
  return `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${account}:user/caller</Arn><UserId>A</UserId><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
}
