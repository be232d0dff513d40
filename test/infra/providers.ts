import type { TargetId } from '../../src/migrate/target.ts';
import type { Bindings } from './provider-schema.ts';

/** The provider of each target, at the version that the generated files pin. */
export const providers: Partial<Readonly<Record<TargetId, Bindings>>> = {
  gke: {
    package: '@cdktf/provider-google',
    version: '16.12.1',
    integrity:
      'sha512-KqNA/5RiFT07r0PSZ6/07cJ2zESUgbj1JchVj21iBFBZVUbD+578xA/k8eq/r0cbyEgLmg9eYWeVslaYah4DCQ==',
    prefix: 'google_',
  },
  eks: {
    package: '@cdktf/provider-aws',
    version: '21.22.1',
    integrity:
      'sha512-BuSHeaQFUL9l33pBzIMRT7cTQ69AM2mLtijjteCPhVQRmvuhuj9Lvfymf7knAMhYqAT6+Lrls9jiGVW/Us3zrQ==',
    prefix: 'aws_',
  },
  aks: {
    package: '@cdktf/provider-azurerm',
    version: '14.23.1',
    integrity:
      'sha512-3H20Ozj7dOKmIj6mqorHZEjLNo5wO/MBEVHwu6k53fln/0EciGQa9sDLWBYSb0o40Ycpih9lFp/k6SGRbFlQVg==',
    prefix: 'azurerm_',
  },
};
