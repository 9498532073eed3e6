/**
 * The controls in full: what each asks for, what of the public API builds it, and the two tests that show its checks answer both
 * ways. A control is claimed in docs/controls.md iff its checks are in the registry and its evidence is here.
 */

/** A test by its file and its title, or by the row of a table of tests. */
export type TestName = readonly [file: string, title: string];

export interface Evidence {
  readonly id: string;
  /** What is asked for. */
  readonly asks: string;
  /** Public types, and members of them: `TrustDomain.addRoute`. */
  readonly builtBy: readonly string[];
  /** Absent until there is one. */
  readonly violated?: TestName;
  readonly clean?: TestName;
  /** The same at a gateway that domains share, where each is a zone. */
  readonly zones?: { readonly violated: TestName; readonly clean: TestName };
}

const ZONE = 'test/domain/shared-gateway.test.ts';
const ZONES_APART: TestName = [ZONE, 'is proved separate'];

export const EVIDENCE: readonly Evidence[] = [
  {
    id: 'D1',
    asks: 'every API is in the inventory: classified, and with an owner',
    builtBy: ['TrustDomainProps.exposure', 'TrustDomainProps.owner'],
    violated: ['test/checks/trust-domains.test.ts', 'an API in a domain passes, one outside is a violation'],
    clean: ['test/domain/composition.test.ts', 'is classified at the API: exposure, owner, authentication'],
    zones: { violated: [ZONE, 'a route of nobody'], clean: ZONES_APART },
  },
  {
    id: 'D2',
    asks: 'a domain has a gateway, a key, a web ACL, roles and logs of its own; a gateway that domains share treats each as a zone of its own',
    builtBy: ['TrustDomain', 'SharedGateway', 'TrustZone'],
    violated: [
      'test/checks/trust-domains.test.ts',
      'a resource that another domain uses is a violation, shown at the user',
    ],
    clean: ['test/checks/trust-domains.test.ts', 'a resource that serves its own domain passes'],
    zones: { violated: [ZONE, 'an authorizer of two zones'], clean: ZONES_APART },
  },
  {
    id: 'D3',
    asks: 'each domain knows its callers in its own way; there is no default, and no pool, issuer or trust store for two',
    builtBy: ['Authentication'],
    violated: ['test/domain/authentication.test.ts', 'refuses one certificate authority for two'],
    clean: ['test/domain/authentication.test.ts', 'proves domains with authorizers separate: jwt and %s'],
  },
  {
    id: 'D4',
    asks: 'the gateway decides: every method asks who calls, with which scope, and whether the request is well formed',
    builtBy: ['TrustDomain.addRoute', 'RouteOptions.scopes', 'RouteOptions.requestModel'],
    violated: ['test/domain/methods-are-guarded.test.ts', 'an open method'],
    clean: ['test/domain/methods-are-guarded.test.ts', 'every method is guarded: %s, with preflight requests'],
    zones: { violated: [ZONE, 'an open method'], clean: ZONES_APART },
  },
  {
    id: 'D5',
    asks: 'what a credential can ever reach is bounded by the structure',
    builtBy: ['TrustDomain.dutyRemit', 'Duty'],
    violated: [
      'test/domain/proved.test.ts',
      'a policy attached later changes nothing, because the boundary stops it; the gate still names it',
    ],
    clean: ['test/checks/separation-of-duties.test.ts', 'roles bounded by disjoint remits pass'],
  },
  {
    id: 'D6',
    asks: 'nobody outside sees that an internal API is there',
    builtBy: ['Exposure.INTERNAL', 'TrustDomainProps.privateEndpoint', 'TrustDomainProps.disableDefaultEndpoint'],
    violated: ['test/domain/internal-is-invisible.test.ts', 'an endpoint that is not the domain’s'],
    clean: ['test/domain/internal-is-invisible.test.ts', 'it is invisible: %s'],
  },
  {
    id: 'D7',
    asks: 'scripts of exact origins may call, and each domain has a network of its own',
    builtBy: ['TrustDomainProps.corsOrigins', 'TrustDomainProps.privateEndpoint'],
    violated: ['test/domain/origins-and-network.test.ts', 'an endpoint that two domains name'],
    clean: ['test/domain/origins-and-network.test.ts', 'the constructs name each'],
  },
  {
    id: 'D8',
    asks: 'where client certificates are asked for, no other way leads in; authorities are pinned, and what they revoked stays out',
    builtBy: ['Authentication.mutualTls', 'MutualTlsAuthenticationProps.revocationLists'],
    violated: ['test/domain/authentication.test.ts', 'refuses a way around client certificates'],
    clean: ['test/domain/authentication.test.ts', 'proves a domain with %s that its own duties deploy'],
  },
  {
    id: 'D9',
    asks: 'each domain has rate limits of its own, so that a flood of one does not starve another',
    builtBy: ['TrustDomainProps.rateLimit', 'TrustDomainProps.throttleRate'],
    violated: ['test/domain/rates-are-limited.test.ts', 'a rate rule that only counts'],
    clean: [
      'test/domain/rates-are-limited.test.ts',
      'a domain that a configuration declares promises none, and has no two',
    ],
    zones: { violated: [ZONE, 'a rate limit for everybody'], clean: ZONES_APART },
  },
  {
    id: 'D10',
    asks: 'the data of a domain is encrypted with its key, which opens nothing elsewhere and lets nobody else in',
    builtBy: ['TrustDomain.key', 'TrustDomainProps.encryptionKey'],
    violated: [
      'test/checks/keys-stay-in-their-domain.test.ts',
      'with a key from outside the app that another domain uses as well',
    ],
    clean: ['test/checks/keys-stay-in-their-domain.test.ts', 'with a key of its own'],
  },
  {
    id: 'D11',
    asks: 'whatever crosses from one domain into another is declared, approved, verified and logged',
    builtBy: ['DomainCrossing'],
    violated: ['test/domain/domain-crossing.test.ts', 'a grant that is broader than the crossing fails'],
    clean: [
      'test/domain/domain-crossing.test.ts',
      'a declared crossing is proved, and the same grant without it is not',
    ],
    zones: {
      violated: ['test/checks/zones.test.ts', 'nor change the gateway'],
      clean: ['test/checks/zones.test.ts', 'a zone may call its own routes'],
    },
  },
  {
    id: 'D12',
    asks: 'each domain is watched by itself: its own logs, alarms, topic and dashboard',
    builtBy: ['TrustDomain.alarms', 'TrustDomain.alarmTopic', 'TrustDomain.dashboard'],
    violated: ['test/domain/monitoring-is-own-and-audible.test.ts', 'nor is there a dashboard'],
    clean: [
      'test/domain/monitoring-is-own-and-audible.test.ts',
      'a domain as it is made has no finding, by IAM or by tokens',
    ],
    zones: { violated: [ZONE, 'a filter that counts other zones'], clean: ZONES_APART },
  },
  {
    id: 'D13',
    asks: 'one switch isolates one domain, and the others serve on',
    builtBy: ['TrustDomain'],
    violated: ['test/domain/containment.test.ts', 'another rule comes first'],
    clean: ['test/domain/containment.test.ts', 'no role of another domain is changed'],
    zones: { violated: [ZONE, 'a switch that blocks another zone'], clean: ZONES_APART },
  },
  {
    id: 'D14',
    asks: 'domains are deployed independently: what breaks one leaves the others deployable',
    builtBy: ['TrustDomain', 'DomainDeployment', 'DomainSynthesizer'],
    violated: ['test/domain/independence.test.ts', 'a strong reference between domains fails synthesis'],
    clean: ['test/checks/domains-deploy-independently.test.ts', 'what no domain owns may be needed by all'],
    zones: {
      violated: [
        'test/checks/zones.test.ts',
        'DOM-12: zones are deployed with their gateway, and not with one another',
      ],
      clean: ZONES_APART,
    },
  },
  {
    id: 'D15',
    asks: 'audits test crossings: a matrix of every domain against every other',
    builtBy: ['DomainCrossing'],
    violated: [
      'test/checks/every-pair-of-domains.test.ts',
      'a grant from %s into %s is found, and a crossing declares it',
    ],
    clean: ['test/checks/every-pair-of-domains.test.ts', 'every domain keeps to itself'],
  },
  {
    id: 'S1',
    asks: 'nobody both prepares a change and lets it run',
    builtBy: ['Duty.DEPLOY', 'Duty.APPROVE', 'FourEyesPipeline'],
    violated: [
      'test/checks/separation-of-duties.test.ts',
      'a shared request is a violation that names both, the request, both statements and the edit',
    ],
    clean: ['test/checks/separation-of-duties.test.ts', 'roles of conflicting duties that share no request pass'],
  },
  {
    id: 'S2',
    asks: 'nobody builds, deploys and reads data',
    builtBy: ['Duty', 'DutyAssumers'],
    violated: ['test/domain/proved.test.ts', 'and not when a role of one may also do what another duty does'],
    clean: ['test/domain/proved.test.ts', 'domains are proved separate'],
  },
  {
    id: 'S3',
    asks: 'who provisions, who deploys and who watches are different people',
    builtBy: ['DutyAssumers', 'Assumer'],
    violated: ['test/reach/hidden-overlap.test.ts', 'one role from outside is trusted by both'],
    clean: ['test/reach/hidden-overlap.test.ts', 'different roles'],
  },
  {
    id: 'S4',
    asks: 'no chain of passed roles, assumed roles, edited policies or changed code joins two duties',
    builtBy: ['TrustDomain', 'Bulkhead.enforce'],
    violated: ['test/reach/hidden-overlap.test.ts', 'code of a function that may read what another duty reads'],
    clean: ['test/reach/hidden-overlap.test.ts', 'code of a function that may do something else'],
  },
  {
    id: 'S5',
    asks: 'no one credential carries an attack through all its stages',
    builtBy: ['TrustDomain.dutyRole', 'TrustDomain.dutyRemit'],
    violated: ['test/reach/one-credential.test.ts', 'where one spans two duties, a finding names somebody on the way'],
    clean: ['test/reach/one-credential.test.ts', 'in an estate without hidden overlap no credential spans two duties'],
  },
  {
    id: 'S6',
    asks: 'what lets callers in during development never does so in production',
    builtBy: ['Lifecycle'],
    violated: ['test/checks/stages-share-nothing.test.ts', 'one issuer for both is a violation, one for each is none'],
    clean: ['test/domain/stages.test.ts', 'one issuer for Dev and Prod fails synthesis, one for each passes'],
  },
  {
    id: 'S7',
    asks: 'no credential stands in a template, an environment or code; those of production lie under the key of their domain',
    builtBy: ['TrustDomain.key', 'Bulkhead.enforce'],
    violated: [
      'test/checks/secrets-are-by-reference.test.ts',
      'each place of a template is named, and no credential is shown',
    ],
    clean: ['test/checks/secrets-are-by-reference.test.ts', 'references are no findings'],
  },
  {
    id: 'S8',
    asks: 'reading and writing by high-value routes are split',
    builtBy: ['Sensitivity.HIGH', 'TrustDomain.grantRead', 'TrustDomain.grantWrite'],
    violated: [
      'test/domain/readers-do-not-write.test.ts',
      'one role that does both is a violation, with both requests',
    ],
    clean: ['test/domain/readers-do-not-write.test.ts', 'one role reads, another changes'],
  },
  {
    id: 'S9',
    asks: 'roles admit exactly whom they are for, and for a bounded time',
    builtBy: ['Assumer', 'TrustDomainProps.maxSessionDuration'],
    violated: ['test/domain/narrow-trust.test.ts', 'every job of a provider'],
    clean: [
      'test/domain/narrow-trust.test.ts',
      'users with a second factor, roles and jobs for which somebody vouches, and a session tag pass',
    ],
  },
  {
    id: 'S10',
    asks: 'privileged duties take a second factor, or somebody’s word for it that every report prints',
    builtBy: ['Attestation', 'Assumer.user', 'Authentication.cognito'],
    violated: ['test/domain/narrow-trust.test.ts', 'a user without a second factor'],
    clean: [
      'test/domain/narrow-trust.test.ts',
      'users with a second factor, roles and jobs for which somebody vouches, and a session tag pass',
    ],
  },
  {
    id: 'S11',
    asks: 'the gateway changes by a deployed change and in no other way',
    builtBy: ['TrustDomain.dutyRemit', 'DomainDeployment'],
    violated: [
      'test/checks/separation-of-duties.test.ts',
      'one permission too many: the request, and the role that may make it',
    ],
    clean: ['test/checks/separation-of-duties.test.ts', 'what is in the remit passes, however it is written'],
  },
  {
    id: 'S12',
    asks: 'what was recorded stays as it was recorded: locked, signed, and beyond everybody’s reach',
    builtBy: ['AuditVault', 'AuditTrail'],
    violated: ['test/domain/audit-vault-proofs.test.ts', 'the trail is off'],
    clean: ['test/domain/audit-vault-proofs.test.ts', 'a vault is proved as it is made'],
  },
  {
    id: 'S13',
    asks: 'the audit trail is read by people who do not run the APIs',
    builtBy: ['AuditVault', 'Duty.AUDIT'],
    violated: ['test/domain/audit-vault-proofs.test.ts', 'AUD-2: whom the policies of bucket and key let in may read'],
    clean: ['test/domain/audit-vault-proofs.test.ts', 'a vault is proved as it is made'],
  },
  {
    id: 'S14',
    asks: 'what is unusual raises an alarm: denied calls, crossings, sudden traffic',
    builtBy: ['MonitoringProps.alarmAboveAuthenticationFailures', 'DomainCrossingProps.alarmAbove'],
    violated: ['test/domain/monitoring-is-own-and-audible.test.ts', 'nothing learns what is usual'],
    clean: [
      'test/domain/monitoring-is-own-and-audible.test.ts',
      'a domain as it is made has no finding, by IAM or by tokens',
    ],
  },
  {
    id: 'S15',
    asks: 'no convenience opens a back door: no test invocations, no traced data, emergencies bounded in time',
    builtBy: ['BreakGlassRole', 'TrustDomain'],
    violated: ['test/domain/no-backdoors.test.ts', 'of a duty whose remit comes to hold them, past its own Deny'],
    clean: ['test/domain/no-backdoors.test.ts', 'the constructs open none'],
  },
  {
    id: 'S16',
    asks: 'the separation can be measured and seen, app by app',
    builtBy: ['Bulkhead.enforce'],
    violated: [
      'test/report/whole-app.test.ts',
      'a part of the app that nobody can see is in the report, and nothing is proved',
    ],
    clean: [
      'test/report/whole-app.test.ts',
      'the report of an app is the same however often, and in whichever order it is written',
    ],
  },
];
