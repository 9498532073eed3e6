/** The notation in which the rows of escalation paths are written: one short call a request or an outcome. */
import type { EscalationKind, EscalationPath, EscalationRequest, EscalationTarget, Reached } from '../escalation-paths';

/** `iam:PassRole` of the reached role, to one of these services. */
export function pass(...services: readonly string[]): EscalationRequest {
  return { action: 'iam:PassRole', target: 'target-role', context: { 'iam:PassedToService': services } };
}

/** A request on a given target, and so on for each target below. */
export function on(target: EscalationTarget, action: string): EscalationRequest {
  return { action, target };
}
export const creates = (action: string): EscalationRequest => on('new-compute', action);
export const drives = (action: string): EscalationRequest => on('existing-compute', action);
export const self = (action: string): EscalationRequest => on('self', action);
export const ownPolicy = (action: string): EscalationRequest => on('policy-of-self', action);
export const role = (action: string): EscalationRequest => on('target-role', action);
export const user = (action: string): EscalationRequest => on('target-user', action);
export const policy = (action: string): EscalationRequest => on('policy-of-target', action);
export const resource = (action: string): EscalationRequest => on('target-resource', action);
export const any = (action: string): EscalationRequest => on('any', action);

export function passedRole(...services: readonly string[]): Reached {
  return { kind: 'passed-role', services };
}

/** The role inside an instance profile; EC2 takes it from there. */
export const INSTANCE_ROLE: Reached = { kind: 'passed-role', services: ['ec2.amazonaws.com'], instanceProfile: true };

/** Whatever CloudFormation makes instances with, and so whatever runs commands on instances may run them on these. */
export const INSTANCES: readonly string[] = [
  'AWS::EC2::Instance',
  'AWS::EC2::LaunchTemplate',
  'AWS::AutoScaling::LaunchConfiguration',
  'AWS::EC2::SpotFleet',
  'AWS::ECS::CapacityProvider',
  'AWS::EKS::Nodegroup',
  'AWS::Batch::ComputeEnvironment',
  'AWS::EMR::Cluster',
  'AWS::ElasticBeanstalk::Environment',
  'AWS::ElasticBeanstalk::ConfigurationTemplate',
  'AWS::ImageBuilder::InfrastructureConfiguration',
  'AWS::OpsWorks::Layer',
  'AWS::OpsWorks::Stack',
  'AWS::PCS::ComputeNodeGroup',
];

/** The role of their instances, not the one by which a service manages them. */
export const ROLE_OF_INSTANCE: Reached = {
  kind: 'role-of-resource',
  types: INSTANCES,
  service: 'ec2.amazonaws.com',
};

export function roleOf(...types: readonly string[]): Reached {
  return { kind: 'role-of-resource', types };
}

export function resourceAny(...types: readonly string[]): Reached {
  return { kind: 'resource-any', types };
}

/** A row of the public list. */
export function published(
  id: string,
  kind: EscalationKind,
  does: string,
  requests: readonly EscalationRequest[],
  reached: Reached,
): EscalationPath {
  return { id, kind, does, requests, reached, source: `https://pathfinding.cloud/paths/${id}` };
}

/** A row that the public list misses; `page` is below AWS's documentation. */
export function path(
  id: string,
  kind: EscalationKind,
  does: string,
  requests: readonly EscalationRequest[],
  reached: Reached,
  page: string,
): EscalationPath {
  return { id, kind, does, requests, reached, source: `https://docs.aws.amazon.com/${page}` };
}

/** Creates something that a service runs as the passed role. */
export function runs(
  id: string,
  does: string,
  services: string | readonly string[],
  actions: readonly string[],
  page: string,
): EscalationPath {
  const list = typeof services === 'string' ? [services] : services;
  return path(id, 'new-passrole', does, [pass(...list), ...actions.map(creates)], passedRole(...list), page);
}

/** Gives the role to something that is there already; the request is on whatever the policy leaves open. */
export function repasses(
  id: string,
  does: string,
  services: string | readonly string[],
  actions: readonly string[],
  page: string,
): EscalationPath {
  const list = typeof services === 'string' ? [services] : services;
  return path(id, 'existing-passrole', does, [pass(...list), ...actions.map(any)], passedRole(...list), page);
}

/** Changes or drives a resource of one of the types, which runs as its role. */
export function drivesRole(
  id: string,
  does: string,
  actions: readonly string[],
  types: readonly string[],
  page: string,
): EscalationPath {
  return path(id, 'existing-passrole', does, actions.map(drives), roleOf(...types), page);
}

/** Edits who may use a resource of one of the types. */
export function opens(
  id: string,
  does: string,
  actions: readonly string[],
  types: readonly string[],
  page: string,
): EscalationPath {
  return path(id, 'resource-access', does, actions.map(resource), resourceAny(...types), page);
}

/** Runs something on an instance, which has a role. */
export function onInstances(
  id: string,
  does: string,
  requests: readonly EscalationRequest[],
  page: string,
): EscalationPath {
  return path(id, 'existing-passrole', does, requests, ROLE_OF_INSTANCE, page);
}
