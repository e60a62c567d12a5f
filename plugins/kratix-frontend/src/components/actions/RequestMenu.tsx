import { useState } from 'react';
import { ButtonIcon, Menu, MenuItem, MenuTrigger } from '@backstage/ui';
import { RiDeleteBinLine, RiEditLine, RiLockLine, RiMore2Line, RiRestartLine } from '@remixicon/react';
import type { RequestState } from '@kratix-ts/backstage-plugin-kratix-common';
import { useWords } from '../useWords';
import { DeleteDialog } from './DeleteDialog';
import { EditDialog } from './EditDialog';
import { useRequestActions } from './useRequestActions';
import { useRequestPermissions } from './useRequestPermissions';

/** What may be done with a request. Who may do nothing reads so in the place where the actions would be. */
export function RequestMenu({ request, onChanged }: { request: RequestState; onChanged?: () => void }) {
  const { t } = useWords();
  const permissions = useRequestPermissions(request);
  const { rerun, remove, save } = useRequestActions(request, onChanged);
  const [isDeleting, setDeleting] = useState(false);
  const [isEditing, setEditing] = useState(false);
  const isGoing = request.summary.phase === 'Deleting';
  const mayUpdate = permissions.update && !isGoing;
  const mayRemove = permissions.remove && !isGoing;
  if (permissions.isLoading) return null;
  return (
    <>
      <MenuTrigger>
        <ButtonIcon size="small" variant="tertiary" icon={<RiMore2Line aria-hidden />} aria-label={t('actions.menu')} />
        <Menu>
          {mayUpdate && request.generation !== undefined && (
            <MenuItem iconStart={<RiEditLine aria-hidden />} onAction={() => setEditing(true)}>
              {t('actions.edit')}
            </MenuItem>
          )}
          {mayUpdate && (
            <MenuItem iconStart={<RiRestartLine aria-hidden />} onAction={rerun}>
              {t('actions.rerun')}
            </MenuItem>
          )}
          {mayRemove && (
            <MenuItem iconStart={<RiDeleteBinLine aria-hidden />} color="danger" onAction={() => setDeleting(true)}>
              {t('actions.delete')}
            </MenuItem>
          )}
          {!mayUpdate && !mayRemove && (
            <MenuItem iconStart={<RiLockLine aria-hidden />} isDisabled>
              {isGoing ? t('phase.Deleting') : t('actions.readOnly')}
            </MenuItem>
          )}
        </Menu>
      </MenuTrigger>
      {isEditing && <EditDialog request={request} onClose={() => setEditing(false)} onSave={save} />}
      <DeleteDialog name={request.name} isOpen={isDeleting} onClose={() => setDeleting(false)} onDelete={remove} />
    </>
  );
}
