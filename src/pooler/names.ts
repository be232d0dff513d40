/** The ConfigMap with the settings of a stack's poolers, the Role that lets them read it, and its RoleBinding. */
export const settingsName = 'rekindle-pooler-settings';

/** Its key; the start script in deploy/pooler-image knows both names. */
export const settingsKey = 'settings.ini';

/** Key of our settings in a ConfigMap that holds somebody's own pgbouncer.ini. */
export const includedKey = 'rekindle.ini';

/** Base name of the configuration that the start script of deploy/pooler-image gives to PgBouncer: SHOW CONFIG shows it. */
export const startScriptFile = 'rekindle-pgbouncer.ini';

/** What the resource of the operator had as the pooler's image before: an image, empty for none, `absent` for no section. */
export const imageBeforeAnnotation = 'rekindle.dev/pooler-image-before';

/** The profile whose settings an object holds. */
export const profileAnnotation = 'rekindle.dev/pooler-profile';

/** What marks the objects that this program made. */
export const managedLabels = { 'app.kubernetes.io/managed-by': 'rekindle' } as const;

/** Marks the pods in which a PgBouncer is started to see whether it accepts a configuration. */
export const checkLabels = { ...managedLabels, 'rekindle.dev/purpose': 'pooler-check' } as const;

/** The same as a label selector. */
export const checkSelector = Object.entries(checkLabels)
  .map(([key, value]) => `${key}=${value}`)
  .join(',');
