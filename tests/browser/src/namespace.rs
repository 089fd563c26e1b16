//! A network of a test's own: a Linux network namespace, in which nothing else is, and which ends with the test. A path
//! from browser to browser needs an address that is not the loopback's, and the machine that tests run on may have none,
//! or more than one wants to know.

use std::process::Output;

use anyhow::{Context as _, ensure};
use tokio::process::Command;

/// Set in the process that is inside.
const INSIDE: &str = "DUOLOGUE_TEST_NETWORK";

/// What is said there first. Without it there is no such network.
const MADE: &str = "in a network of its own";

/// Two ends of a cable, one with an address, and a way out that leads nowhere; then the test.
const SET_UP: &str = r#"echo "$MADE" && PATH="$PATH:/usr/sbin:/sbin" &&
    ip link set lo up &&
    ip link add cable type veth peer name other-end &&
    ip address add 10.20.0.1/24 dev cable &&
    ip link set other-end up && ip link set cable up &&
    ip route add default via 10.20.0.2 && exec "$@""#;

/// The ways to ask for one: as anybody, and as the superuser where nobody else may.
const WAYS: [&[&str]; 2] = [&["--map-root-user", "--net"], &["--net"]];

/// Whether this process is in such a network. If not, the test of this name is run once more, in one, and this one has
/// nothing to do: all that it starts, server and browsers, must be inside too. Where the system forbids such networks
/// the test is skipped, and that is said aloud.
///
/// # Errors
/// When the test fails inside, when there is none of this name, or when the network cannot be set up.
pub async fn inside(test: &str) -> anyhow::Result<bool> {
    if std::env::var_os(INSIDE).is_some() {
        return Ok(true);
    }
    let mut refusals = Vec::new();
    for way in WAYS {
        match run(way, test).await {
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stdout);
                let complained = String::from_utf8_lossy(&output.stderr);
                if said.starts_with(MADE) {
                    println!("{said}{complained}");
                    ensure!(output.status.success(), "{test} failed {MADE}");
                    ensure!(said.contains("1 passed"), "there is no test {test}");
                    return Ok(false);
                }
                refusals.push(complained.trim().to_owned());
            }
            Err(error) => refusals.push(format!("unshare: {error}")),
        }
    }
    eprintln!("skipped {test}: {}", refusals.join("; "));
    Ok(false)
}

/// In such a network: the machine moves to another address, as when it comes into another building.
///
/// # Errors
/// When the system does not allow it.
pub async fn move_house() -> anyhow::Result<()> {
    for change in [
        ["address", "add", "10.30.0.1/24", "dev", "cable"],
        ["route", "replace", "default", "via", "10.30.0.2"],
        ["address", "del", "10.20.0.1/24", "dev", "cable"],
    ] {
        let path = std::env::var("PATH").unwrap_or_default();
        let done = Command::new("ip")
            .args(change)
            .env("PATH", format!("{path}:/usr/sbin:/sbin"))
            .status();
        ensure!(done.await?.success(), "ip {}", change.join(" "));
    }
    Ok(())
}

async fn run(way: &[&str], test: &str) -> anyhow::Result<Output> {
    let program = std::env::current_exe().context("this test has no program")?;
    let output = Command::new("unshare")
        .args(way)
        .args(["sh", "-c", SET_UP, "sh"])
        .arg(program)
        .args(["--exact", test, "--nocapture"])
        .env("MADE", MADE)
        .env(INSIDE, "yes")
        .output()
        .await?;
    Ok(output)
}
