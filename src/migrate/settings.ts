/** What the overlay takes from the infrastructure: the outputs of the Pulumi or OpenTofu program, as one file. */
const settings = {
  DOMAIN: 'The host name under which customers reach the front door.',
  IMAGE_REGISTRY: 'Registry and folder that the images are pulled from, without a slash at the end.',
  CERTIFICATE: 'The certificate of the front door, as the target names it.',
  FRONT_DOOR_ADDRESS: 'The reserved address of the front door, as the target names it.',
  TLS_POLICY: 'The policy for TLS at the front door, as the target names it.',
  UPLOADS: 'The bucket, file system or share that keeps the uploads.',
  BACKUP_BUCKET: 'The bucket that takes base backups and write-ahead log.',
  DATABASE_HOST: 'Address of the managed database, reachable from the cluster only.',
  SECRETS_PROJECT: 'The project or region of the secret store.',
  SECRETS_IDENTITY: 'The cloud identity that may read the secrets.',
  RESOURCE_GROUP: 'The group of everything that was made.',
  TENANT: 'The tenant of Entra ID that the identities are of.',
  SUBSCRIPTION: 'The subscription that pays.',
  CERTIFICATE_IDENTITY: 'The cloud identity that may prove the domain for the certificate.',
} as const;

/** Name of a setting in `settings.env`. */
export type SettingName = keyof typeof settings;

/** What a setting means, for the person who reads `settings.env`. */
export function settingText(name: SettingName): string {
  return settings[name];
}
