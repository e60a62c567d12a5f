/** The mark of the demo: a promise that branches into what it delivers. */
export const LogoMark = () => (
  <svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
    <g fill="none" strokeLinecap="round" strokeLinejoin="round" strokeWidth="3">
      <path d="M9 6.5v19" stroke="#fff" />
      <path d="M9 16h5.5l7-8M14.5 16l7 8" stroke="#5eead4" />
    </g>
    <g fill="#fff">
      <circle cx="23" cy="6.5" r="2.7" />
      <circle cx="23" cy="25.5" r="2.7" />
    </g>
  </svg>
);

export const LogoFull = () => (
  <span style={{ display: 'inline-flex', alignItems: 'center', gap: 8, color: '#fff', fontSize: 18, fontWeight: 600 }}>
    <LogoMark />
    <span style={{ whiteSpace: 'nowrap' }}>kratix-ts demo</span>
  </span>
);
