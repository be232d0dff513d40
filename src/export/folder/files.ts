/** Files of an export by their path in its folder, with slashes. */
export type Files = Readonly<Record<string, string>>;

/** Files of one folder of the export. */
export function under(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));
}
