import type { SecretsMode } from '../../export/secrets/secret-manifest.ts';

/** Options of `export`. */
export interface ExportOptions {
  readonly out?: string;
  readonly secrets?: SecretsMode;
  readonly sealingCert?: string;
  readonly ageRecipient?: string;
  readonly secretStore?: string;
  readonly crds?: boolean;
  readonly allowPlain?: boolean;
  readonly compare?: string;
}
