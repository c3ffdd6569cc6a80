import type { Members } from '../../command-group.ts';

export const jobCommands: Members = {
  list: async () => (await import('./list.ts')).listCommand,
  show: async () => (await import('./show.ts')).showCommand,
  wait: async () => (await import('./wait.ts')).waitCommand,
  log: async () => (await import('./log.ts')).logCommand,
  cancel: async () => (await import('./cancel.ts')).cancelCommand,
  approve: async () => (await import('./decide.ts')).approveCommand,
  reject: async () => (await import('./decide.ts')).rejectCommand,
  undo: async () => (await import('./decide.ts')).undoCommand,
};
