/**
 * The way in for the day on which the others do not work: a role that may do, alone, what otherwise takes two, and
 * that everybody knows of.
 *
 * It ends by itself: its trust policy admits nobody after the last day, and a Deny stops the sessions that still
 * run. Each use goes to a topic at once. The declaration stands in the template, so every report prints it; a role
 * with as many rights and no declaration, or one that no longer holds, is a finding (SOD-6).
 */
import { type CfnResource, Duration, Stack, Tags } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { CompositePrincipal, Effect, type IRole, ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { mark, registerGate } from '../enforce/marker';
import { type Assumer, attestationsOf } from './assumer';
import { expiry, requireDay, requireName, requireText } from './declaration';
import { TrustDomainError } from './domain-error';
import type { ITrustDomain } from './imported-trust-domain';
import { DomainNames } from './names';
import { requirePolicySize } from './policy-size';

/** Who may break the glass, what they may then do, and who answers for it. */
export interface BreakGlassRoleProps {
  /** The domain that the role is for. */
  readonly domain: ITrustDomain;

  /** Who may assume it: users with a second factor, or roles and jobs for which somebody vouches. */
  readonly assumers: Assumer[];

  /** What the role may do. Name the requests and the resources of the domain; nothing else is granted. */
  readonly statements: PolicyStatement[];

  /** Is told of every use. Somebody must read it at any hour. */
  readonly alarmTopic: ITopic;

  /** Why it must exist: a sentence. */
  readonly reason: string;

  /** Who agreed. */
  readonly approvedBy: string;

  /** The last day on which it may be used, at most a year ahead: `2027-01-31`. After it, synthesis fails. */
  readonly expires: string;
}

const LONGEST_DAYS = 366;
const DAY_MS = 24 * 3600 * 1000;

/** A declared emergency access to one trust domain. */
export class BreakGlassRole extends Construct {
  /** The role. */
  public readonly role: IRole;

  /** What it may do, and its permissions boundary. */
  public readonly remit: ManagedPolicy;

  /** Sees every use and tells the topic. */
  public readonly alarm: Rule;

  constructor(scope: Construct, id: string, props: BreakGlassRoleProps) {
    super(scope, id);
    const { domain, assumers, statements, alarmTopic, reason, approvedBy, expires } = props;
    const domainName = domain.domainName;
    const who = `break glass \`${this.node.path}\` of trust domain \`${domainName}\``;
    requireText(who, 'reason', reason);
    requireName(who, 'approvedBy', approvedBy);
    requireDay(who, 'expires', expires);
    requireSoon(who, expires);
    if (assumers.length === 0) throw new TrustDomainError(`${who}: no assumer; name in \`assumers\` who may use it`);
    requireStatements(who, statements);
    const stack = Stack.of(this);
    const name = new DomainNames(stack, domainName).breakGlass;
    const notAfter = `${expires}T23:59:59Z`;
    const all = [
      ...statements,
      new PolicyStatement({
        sid: 'NotAfterTheLastDay',
        effect: Effect.DENY,
        actions: ['*'],
        resources: ['*'],
        conditions: { DateGreaterThan: { 'aws:CurrentTime': notAfter } },
      }),
    ];
    requirePolicySize(who, stack, all);
    this.remit = new ManagedPolicy(this, 'Remit', {
      managedPolicyName: name,
      description: `Bulkhead: what breaking the glass of trust domain ${domainName} allows, until ${expires}`,
      statements: all,
    });
    const principals = assumers.map((assumer) => assumer._principalFor('break glass', domainName, notAfter));
    const role = new Role(this, 'Role', {
      roleName: name,
      description: `Bulkhead: break glass of trust domain ${domainName}, until ${expires}`,
      assumedBy: principals.length === 1 ? principals[0] : new CompositePrincipal(...principals),
      managedPolicies: [this.remit],
      permissionsBoundary: this.remit,
      maxSessionDuration: Duration.hours(1),
    });
    this.role = role;
    // STS's calls reach EventBridge through CloudTrail: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
    this.alarm = new Rule(this, 'Used', {
      description: `Bulkhead: somebody broke the glass of trust domain ${domainName}`,
      eventPattern: {
        source: ['aws.sts'],
        detailType: ['AWS API Call via CloudTrail'],
        detail: {
          eventSource: ['sts.amazonaws.com'],
          eventName: ['AssumeRole', 'AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML'],
          requestParameters: { roleArn: [role.roleArn] },
        },
      },
      targets: [new SnsTopic(alarmTopic)],
    });
    const attestations = attestationsOf(assumers);
    mark(this.remit.node.defaultChild as CfnResource, { domain: domainName, part: 'break-glass-remit' });
    mark(this.alarm.node.defaultChild as CfnResource, { domain: domainName, part: 'break-glass-alarm' });
    mark(role.node.defaultChild as CfnResource, {
      domain: domainName,
      part: 'break-glass',
      breakGlass: { domain: domainName, reason, approvedBy, expires },
      ...(attestations.length === 0 ? {} : { attestations }),
    });
    Tags.of(role).add('bulkhead:break-glass', expires);
    registerGate(this);
    this.node.addValidation({ validate: () => expiry(who, expires) });
  }
}

function requireSoon(who: string, expires: string): void {
  const days = (Date.parse(`${expires}T00:00:00Z`) - Date.now()) / DAY_MS;
  if (days > LONGEST_DAYS) {
    throw new TrustDomainError(
      `${who}: \`expires\` is \`${expires}\`, more than a year ahead; an access that nobody has to renew is a backdoor: choose a day within ${LONGEST_DAYS} days`,
    );
  }
}

function requireStatements(who: string, statements: readonly PolicyStatement[]): void {
  if (statements.length === 0) {
    throw new TrustDomainError(`${who}: no statement; say in \`statements\` what the role may do`);
  }
  for (const statement of statements) {
    const open = [...statement.actions, ...statement.notActions].find((action) => action === '*');
    if (statement.notActions.length > 0 || open !== undefined) {
      throw new TrustDomainError(
        `${who}: \`${statement.sid ?? (open === undefined ? 'NotAction' : '*')}\` allows what nobody named; list the actions that an emergency needs, like \`cloudformation:ExecuteChangeSet\``,
      );
    }
  }
}
