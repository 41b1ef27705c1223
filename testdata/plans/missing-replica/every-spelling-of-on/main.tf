provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  for_each = toset(["enabled", "Enabled", "TRUE", "true", "Yes", "on"])

  description         = "orders ${each.key}"
  enable_key_rotation = true
  multi_region        = true

  tags = {
    CrossRegionReplication = each.value
  }
}
