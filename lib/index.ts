// The public API, curated by hand: what is not exported here is free to change.
export * from './domain/api-gateway-account';
export { Assumer } from './domain/assumer';
export { Attestation } from './domain/attestation';
export { AuditTrail } from './domain/audit-trail';
export { AuditVault } from './domain/audit-vault';
export {
  AuditSource,
  AuditTrailProps,
  AuditVaultAttributes,
  AuditVaultProps,
  IAuditVault,
} from './domain/audit-vault-props';
export { Authentication } from './domain/authentication';
export * from './domain/authentication-props';
export { BreakGlassRole, BreakGlassRoleProps } from './domain/break-glass';
export { DomainDeployment, DomainDeploymentProps } from './domain/deployment';
export { DomainCrossing, DomainCrossingProps } from './domain/domain-crossing';
export { DomainSynthesizer, DomainSynthesizerProps } from './domain/domain-synthesizer';
export { Duty } from './domain/duty';
export { Exposure } from './domain/exposure';
export { FourEyesPipeline, FourEyesPipelineProps } from './domain/four-eyes-pipeline';
export { ITrustDomain, TrustDomainAttributes } from './domain/imported-trust-domain';
export { Lifecycle } from './domain/lifecycle';
export { MonitoringProps } from './domain/monitoring-props';
export { GitHubJob, GitLabJob } from './domain/oidc-identity';
export { PrivateDomainProps } from './domain/private-domain';
export { PrivateEndpointProps } from './domain/private-endpoint';
export { RateAggregation } from './domain/rate-aggregation';
export { RouteOptions, Sensitivity } from './domain/route';
export { SecurityException, SecurityExceptionProps } from './domain/security-exception';
export { SharedGateway } from './domain/shared-gateway';
export { GatewayAssumers, SharedGatewayProps, TrustZoneProps } from './domain/shared-gateway-props';
export { TrustDomain } from './domain/trust-domain';
export { DutyAssumers, TrustDomainProps } from './domain/trust-domain-props';
export { TrustZone } from './domain/trust-zone';
export { Bulkhead, SeparationOfDuties } from './enforce/bulkhead';
