provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

variable "primaries" {
  type    = number
  default = 1
}

resource "aws_kms_key" "app" {
  count = var.primaries

  enable_key_rotation = true
  multi_region        = true
}

resource "aws_kms_alias" "app" {
  count = var.primaries

  name          = "alias/app-${count.index}"
  target_key_id = aws_kms_key.app[count.index].key_id
}

data "aws_kms_key" "app" {
  key_id = "alias/app-1"
}

resource "aws_kms_replica_key" "app" {
  provider        = aws.frankfurt
  primary_key_arn = data.aws_kms_key.app.arn
}
