"""Rules of the trade that know neither HTTP nor SQL."""
