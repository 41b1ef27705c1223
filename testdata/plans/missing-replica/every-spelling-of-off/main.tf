provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  for_each = {
    a = "false"
    b = "no"
    c = "off"
    d = "disabled"
    e = "none"
    f = ""
    g = "False"
  }

  enable_key_rotation = true
  multi_region        = true

  tags = {
    CrossRegionReplication = each.value
  }
}
