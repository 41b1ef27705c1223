provider "aws" {
  region = "eu-west-1"
}

locals {
  dr_region = "eu-central-1"
}

provider "aws" {
  alias  = "dr"
  region = local.dr_region
}

resource "aws_kms_key" "app" {
  provider            = aws.dr
  description         = "orders"
  enable_key_rotation = true
}

resource "aws_sqs_queue" "orders" {
  provider          = aws.dr
  name              = "orders"
  kms_master_key_id = aws_kms_key.app.arn
}
