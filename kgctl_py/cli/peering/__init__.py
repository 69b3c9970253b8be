"""`kgctl peering`: join clusters; each command has its own file."""

from kgctl_py.cli import HelpfulCommand, group
from kgctl_py.cli.peering import connect, dns, export, manifests, mirror, remove, status, verify

app = group("Join clusters, so that their pods and Services reach each other")
app.command("connect", cls=HelpfulCommand)(connect.connect)
app.command("status", cls=HelpfulCommand)(status.status)
app.command("verify", cls=HelpfulCommand)(verify.verify)
app.command("rm", cls=HelpfulCommand)(remove.remove_)
app.command("export", cls=HelpfulCommand)(export.export)
app.command("dns", cls=HelpfulCommand)(dns.dns)
app.command("manifests", cls=HelpfulCommand)(manifests.manifests)
app.command("mirror", cls=HelpfulCommand)(mirror.mirror)
