/** What each duty does with the domain's key: said once, for the remits, the key policy and grants. */

/** No use of the key, and no grant on it: `provision` decides who may use it, by the key's policy. */
export const ADMINISTER_KEY: readonly string[] = [
  'kms:CancelKeyDeletion',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:ListGrants',
  'kms:RevokeGrant',
  'kms:UpdateKeyDescription',
];

export const READ_WITH_KEY: readonly string[] = ['kms:Decrypt'];

export const WRITE_WITH_KEY: readonly string[] = [
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
];

/** Of every duty. */
export const DESCRIBE_KEY: readonly string[] = ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus'];
