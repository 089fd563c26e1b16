//! Embeds the built page into the binary: the folder named by `DUOLOGUE_PAGE`, or a note on how to build it.

fn main() {
    println!("cargo::rerun-if-env-changed=DUOLOGUE_PAGE");
    let page = std::env::var("DUOLOGUE_PAGE").unwrap_or_else(|_| "page-missing".to_owned());
    println!("cargo::rerun-if-changed={page}");
    // Its inline scripts are allowed by their hash.
    let index = std::path::absolute(&page).map(|page| page.join("index.html"));
    match index {
        Ok(index) => println!("cargo::rustc-env=DUOLOGUE_INDEX={}", index.display()),
        Err(error) => println!("cargo::error=no such page: {error}"),
    }
    memory_serve::load_directory(&page);
}
