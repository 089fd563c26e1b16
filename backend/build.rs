//! Embeds the built page into the binary: the folder named by `DUOLOGUE_PAGE`, or a note on how to build it.

fn main() {
    println!("cargo::rerun-if-env-changed=DUOLOGUE_PAGE");
    let page = std::env::var("DUOLOGUE_PAGE").unwrap_or_else(|_| "page-missing".to_owned());
    println!("cargo::rerun-if-changed={page}");
    memory_serve::load_directory(&page);
}
