import {
  Link,
  Sidebar,
  SidebarDivider,
  SidebarGroup,
  SidebarItem,
  SidebarScrollWrapper,
  SidebarSpace,
  useSidebarOpenState,
} from '@backstage/core-components';
import type { NavContentComponentProps, NavContentNavItem } from '@backstage/plugin-app-react';
import { RiMenuLine, RiSettings3Line } from '@remixicon/react';
import { LogoFull, LogoMark } from '../brand/Logo';

const SidebarLogo = () => {
  const { isOpen } = useSidebarOpenState();
  return (
    <Link
      to="/"
      underline="none"
      aria-label="kratix-ts demo, start page"
      style={{ display: 'flex', alignItems: 'center', height: 72, paddingLeft: 20 }}
    >
      {isOpen ? <LogoFull /> : <LogoMark />}
    </Link>
  );
};

const Item = ({ href, title, icon }: NavContentNavItem) => <SidebarItem to={href} text={title} icon={() => icon} />;

/** Catalog, create and search first; what a plugin adds comes by itself after them; settings at the bottom. */
export const Navigation = ({ navItems }: NavContentComponentProps) => {
  const items = navItems.withComponent(Item);
  const first = ['page:catalog', 'page:scaffolder', 'page:kratix', 'page:search'].map(id => items.take(id));
  const settings = items.take('page:user-settings');
  return (
    <Sidebar>
      <SidebarLogo />
      <SidebarDivider />
      <SidebarGroup label="Menu" icon={<RiMenuLine />}>
        {first}
        <SidebarDivider />
        <SidebarScrollWrapper>{items.rest({ sortBy: 'title' })}</SidebarScrollWrapper>
      </SidebarGroup>
      <SidebarSpace />
      <SidebarGroup label="Settings" icon={<RiSettings3Line />} to="/settings">
        {settings}
      </SidebarGroup>
    </Sidebar>
  );
};
