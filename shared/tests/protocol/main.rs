//! `docs/PROTOCOL.md` and `docs/vectors.txt`, replayed: every example is a frame of one worked talk, every name has an
//! example, the tables are true, and every byte that is signed, hashed or sealed is what the document says.

mod document;
mod names;
mod stranger;
mod tables;
mod talk;
mod vectors;
mod worked;
