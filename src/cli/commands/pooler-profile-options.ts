/** Options of `pooler profile undo`. */
export interface UndoProfileOptions {
  readonly dryRun?: boolean;
  readonly restartPoolers?: boolean;
}

/** Options of `pooler profile set`. */
export interface SetProfileOptions extends UndoProfileOptions {
  readonly image?: string;
}
